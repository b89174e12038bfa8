import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  globalIgnores([".mlops/", "node_modules/", "**/*.cjs", "**/*.mjs"]),
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      // A switch over a union must name every member, so that a new one is a compile-time decision.
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  // Dependencies point one way: stacks → components → SDKs. What obtains the engine and what stands in
  // for the cloud know neither, and no component knows where it is deployed to.
  ...only("components", ["stacks", "local", "engine", "cli"]),
  ...only("stacks", ["local", "engine", "cli"]),
  ...only("local", ["stacks", "components", "engine", "cli"]),
  ...only("engine", ["stacks", "components", "local", "cli"]),
  // The rules judge what the program registers, whoever registers it.
  ...only("policies", ["stacks", "components", "local", "engine", "cli"]),
);

/** Forbids the files of one room to import from others. */
function only(room, others) {
  const group = others.flatMap((other) =>
    ["../", "../../"].flatMap((up) => [`${up}${other}`, `${up}${other}/**`]),
  );
  return [
    {
      files: [`${room}/**/*.ts`, `${room}/**/*.tsx`],
      rules: { "no-restricted-imports": ["error", { patterns: [{ group }] }] },
    },
  ];
}
