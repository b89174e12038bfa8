import { vi } from "vitest";

// vitest rewrites imports, and a rewritten function cannot be serialized as a dynamic provider.
// The end-to-end tests serialize for real.
vi.mock("@pulumi/pulumi/runtime/closure/serializeClosure", () => ({
  serializeFunction: () => Promise.resolve({ text: "", containsSecrets: false }),
}));
