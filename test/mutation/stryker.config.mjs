import { decision } from "./files.mjs";

/**
 * Changes the gate's decision in hundreds of ways, one at a time in a copy, and asks the examples to notice each.
 * https://stryker-mutator.io/docs/stryker-js/configuration
 * @type {import("@stryker-mutator/api/core").PartialStrykerOptions}
 */
export default {
  mutate: decision,
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "test/mutation/vitest.config.mjs" },
  // The copy holds what the decision and its examples need, and no more.
  ignorePatterns: [
    "**",
    "!components/gate/**",
    "!test/unit/gate/**",
    "!test/mutation/**",
    "!package.json",
  ],
  tempDirName: ".mlops/mutation",
  concurrency: 2,
  reporters: ["clear-text", "progress-append-only", "html", "json"],
  clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
  htmlReporter: { fileName: ".mlops/reports/mutation/index.html" },
  jsonReporter: { fileName: ".mlops/reports/mutation/mutation.json" },
  // Below 95 % the command fails.
  thresholds: { high: 98, low: 95, break: 95 },
  allowEmpty: false,
  disableTypeChecks: false,
};
