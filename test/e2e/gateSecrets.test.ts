import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PulumiResult } from "../../engine";
import { register } from "./candidates";
import { MINUTES, said, type Deployment } from "./deployment";
import { GatedModels, GOOD } from "./gatedModels";

/** The most that the engine, the program and the providers say. */
const MOST = ["--logtostderr", "-v=11", "--logflow", "--debug"];

/** How a text appears within another one in base64, wherever it begins there: only whole digits of its own. */
function inBase64(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((offset) => {
    const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const own = digits.slice(
      Math.ceil((offset * 4) / 3),
      Math.floor(((offset + bytes.length) * 4) / 3),
    );
    return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

const shapes = (secret: string): string[] => [secret, ...new Set(inBase64(secret))];

/** The shapes of a secret that a text holds. */
const found = (secret: string, text: string): string[] =>
  shapes(secret).filter((shape) => text.includes(shape));

describe("the search", () => {
  it.each(["", "a", "ab", "abc"])("finds a secret after '%s', in clear and in base64", (before) => {
    const secret = "dapi0123456789abcdef";
    const text = `${before}${secret} and more`;
    const coded = Buffer.from(text);
    for (const one of [text, coded.toString("base64"), coded.toString("base64url")])
      expect(found(secret, one)).toHaveLength(1);
    expect(found(secret, coded.toString("base64").toLowerCase())).toEqual([]);
  });
});

/** What a promotion writes down, and says when it is asked for everything. */
describe("the token", () => {
  let models: GatedModels<"customer_churn">;
  let deployment: Deployment;
  let token: string;

  beforeAll(async () => {
    models = await GatedModels.create("customer_churn");
    models.configure({ endpoint: true });
    ({ deployment } = models);
    token = deployment.workspace.token;
    const { good } = await register(deployment.connection, { good: GOOD });
    await models.model("customer_churn").nominate(good);
  }, 6 * MINUTES);

  afterAll(async () => {
    await models.close();
  });

  const clean = (what: string, text: string) => {
    expect(text.length, `${what} says something`).toBeGreaterThan(100);
    expect(found(token, text), `${what} holds the token`).toEqual([]);
  };

  const done = (result: PulumiResult): string => {
    const plain = said(result)
      .split("\n")
      .filter((line) => !line.startsWith("{"));
    expect(result.exitCode, plain.join("\n").slice(-5000)).toBe(0);
    return said(result);
  };

  it.each([["--diff"], ["--json", "--show-sames"]])(
    "is not in a preview, %s",
    async (...flags) => {
      const text = done(await deployment.pulumi("preview", ...flags));
      expect(text).toContain("PROMOTED");
      clean("the preview", text);
    },
    2 * MINUTES,
  );

  it(
    "is not in the logs of an update that promotes, nor in what it leaves",
    async () => {
      const text = done(await deployment.up(...MOST));
      expect(text, "the gate's own calls are logged").toContain("PromotionGate");
      clean("the log", text);

      const state = join(deployment.folder, ".pulumi");
      const files = readdirSync(state, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      const stacks = files.filter((file) => file.includes("stacks") && file.endsWith(".json"));
      expect(stacks).not.toEqual([]);
      for (const file of files)
        expect(found(token, readFileSync(file, "latin1")), file).toEqual([]);
      clean("the exported state", done(await deployment.pulumi("stack", "export")));
    },
    6 * MINUTES,
  );

  it(
    "is not in the logs of a refresh and of a destroy's preview",
    async () => {
      clean(
        "the refresh",
        done(await deployment.pulumi("refresh", "--yes", "--skip-preview", ...MOST)),
      );
      clean("the preview", done(await deployment.pulumi("destroy", "--preview-only", ...MOST)));
    },
    6 * MINUTES,
  );
});
