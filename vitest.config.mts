import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          // Loading the SDKs anew for each file takes three times as long as all tests together.
          isolate: false,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: ["test/e2e/globalSetup.ts"],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          // The engine, the provider and the jobs are CPU-bound: more files at once only slow each other.
          maxWorkers: 2,
        },
      },
    ],
  },
});
