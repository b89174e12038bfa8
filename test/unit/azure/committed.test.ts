import { expect, test } from "vitest";
import { azureNames } from "../../../components/azure/names";
import { parsed } from "../stacks/configRun";
import { STACKS, stackConfig } from "../stacks/stackFile";

const settings = STACKS.flatMap((stack) => {
  const { azure } = parsed(stackConfig(stack));
  return azure ? [azure] : [];
});

test("no two environments of this repository share a name in Azure", () => {
  expect(settings.length).toBeGreaterThan(1);
  const names = settings.flatMap((one) =>
    Object.entries(azureNames(one)).map(([kind, name]) => `${kind} ${String(name)}`),
  );
  expect(new Set(names).size).toBe(names.length);
});

test("whoever can open a pull request can deploy nowhere", () => {
  const deploying = settings.flatMap(({ pipelines }) => pipelines.github?.deploy ?? []);
  expect(deploying.length).toBeGreaterThan(0);
  expect(deploying).not.toContain("pull_request");
});
