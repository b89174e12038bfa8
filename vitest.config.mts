import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          // Some read the whole program; a loaded machine takes its time over that.
          testTimeout: 20_000,
          include: ["test/unit/**/*.test.ts"],
          // Loading the SDKs anew for each file takes three times as long as all tests together.
          isolate: false,
          // Vitest would leave one of two cores to itself.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: ["test/e2e/globalSetup.ts"],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          // Half of their time they wait, for what starts and stops: one more than the two cores.
          maxWorkers: 3,
        },
      },
    ],
  },
});
