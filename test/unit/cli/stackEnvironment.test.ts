import { afterEach, expect, test, vi } from "vitest";
import type * as pathsModule from "../../../cli/shared/paths";
import { environmentOf, readInvocation, requireBackend } from "../../../cli/stack/stackEnvironment";

// Whoever works here may have signed in to a backend.
vi.mock("../../../cli/shared/paths", async (original) => {
  const { root, paths } = await original<typeof pathsModule>();
  return { root, paths: { ...paths, kept: "/nowhere" } };
});

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each<[string, string | undefined, string | undefined, boolean]>([
  ["up -s local", "up", "local", true],
  ["-s local up --yes", "up", "local", true],
  ["preview --stack=dev --diff", "preview", "dev", true],
  ["stack output --stack prod", "stack", "prod", false],
  ["up --help", "up", undefined, false],
  ["--version", undefined, undefined, false],
])("pulumi %s", (line, command, stack, deploys) => {
  expect(readInvocation(line.split(" "))).toEqual({ command, stack, deploys });
});

test("a stack whose state nobody has given a place is refused with what to do", () => {
  for (const name of ["PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL", "PULUMI_STACK"]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv("PULUMI_HOME", "/nowhere");
  const preview = readInvocation(["preview", "-s", "dev"]);
  expect(() => environmentOf(preview)).toThrow(/state of dev\?.*pulumi -- login.*bootstrap/);
  expect(() => {
    requireBackend("local");
  }).not.toThrow();
  vi.stubEnv("PULUMI_BACKEND_URL", "file:///elsewhere");
  expect(environmentOf(preview)).not.toHaveProperty("PULUMI_BACKEND_URL");
});
