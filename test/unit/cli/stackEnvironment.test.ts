import { expect, test } from "vitest";
import { readInvocation } from "../../../cli/stackEnvironment";

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
