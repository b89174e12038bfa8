import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { namesOf } from "../../../../cli/newModel/names";
import { MODELS, withModel } from "../../../../cli/newModel/register";
import { render, sortImports } from "../../../../cli/newModel/render";
import { root } from "../../../../cli/shared/paths";

/** The list as it was when it had four models. */
const text = `import { churnPrediction } from "./churnPrediction/model";
import { customerChurn } from "./customerChurn/model";
import type { ModelDefinition } from "./defineModel";
import { iris } from "./iris/model";
import { telcoChurn } from "./telcoChurn/model";

/** Every model that there is. */
export const models: readonly ModelDefinition[] = [
  churnPrediction,
  customerChurn,
  iris,
  telcoChurn,
];
`;

test("the list of this repository has the form that is known", () => {
  const real = readFileSync(join(root, MODELS), "utf8");
  const after = withModel(real, namesOf("unit-test-of-nobody"));
  expect(after).toContain('import { unitTestOfNobody } from "./unitTestOfNobody/model";');
  expect(after).toMatch(/\bunitTestOfNobody\b[^"]*\];/);
});

test.each([
  [
    "apples",
    /^import \{ apples \} from ".\/apples\/model";\nimport \{ churnPrediction/,
    /\[apples, c/,
  ],
  ["hops", /customerChurn\/model";\n(.*\n)?import \{ hops \} from/, /customerChurn, hops, iris/],
  ["zebras", /telcoChurn\/model";\nimport \{ zebras \}/, /telcoChurn, zebras\]/],
])("%s comes in its place of the alphabet", (name, imported, listed) => {
  const after = withModel(text, namesOf(name));
  expect(after).toMatch(imported);
  expect(after).toMatch(listed);
});

test.each([
  text.replace("churnPrediction,", "...more,"),
  text.replace("export const models", "const models"),
  "",
])("a list of another form is refused", (other) => {
  expect(() => withModel(other, namesOf("apples"))).toThrow(`${MODELS} has another form`);
});

test("imports are in ruff's order whatever the model is called", () => {
  const sorted = sortImports(
    "from mlops.task import run\nfrom a_b.data import KEY\nimport z\n\nx = 1",
  );
  expect(sorted).toBe("import z\nfrom a_b.data import KEY\nfrom mlops.task import run\n\nx = 1");
  const long = `from ${"a".repeat(80)} import one, two, three`;
  expect(sortImports(long)).toBe(
    `from ${"a".repeat(80)} import (\n    one,\n    two,\n    three,\n)`,
  );
});

test("templates do not escape: nothing is HTML", () => {
  expect(render("jobs/__init__.py", { Title: "R & D" })).toContain("R & D");
});
