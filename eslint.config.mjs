import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  globalIgnores([".mlops/", "node_modules/", "**/*.cjs", "**/*.mjs"]),
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      // A switch over a union must name every member, so that a new one is a compile-time decision.
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    // A Pulumi component is registered by being constructed; nobody has to hold it.
    files: ["components/**/*.ts", "stacks/**/*.ts", "test/**/*.ts"],
    rules: { "no-new": "off" },
  },
);
