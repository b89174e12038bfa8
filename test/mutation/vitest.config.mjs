import { defineConfig } from "vitest/config";
import { decision, examples } from "./files.mjs";

/** The examples of the gate's decision, and how much of it they reach: every branch, or the command fails. */
export default defineConfig({
  test: {
    include: examples,
    // Pure functions leave nothing behind; loading them anew for each file takes longer than all tests.
    isolate: false,
    coverage: {
      provider: "v8",
      include: decision,
      reporter: ["text", "html"],
      reportsDirectory: ".mlops/reports/coverage",
      thresholds: { branches: 100, functions: 100, lines: 100, statements: 100 },
    },
  },
});
