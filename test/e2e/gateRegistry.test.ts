import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MODEL, register } from "./candidates";
import { Deployment, MINUTES, said } from "./deployment";
import { championOf, nominate, servedBy } from "./engineGate";
import { GATED_MODEL, GOOD } from "./gatedModels";

const ALIASES = `/api/2.1/unity-catalog/models/${MODEL}/aliases`;
const REGISTRY = "/api/2.0/mlflow/unity-catalog";
const ENDPOINT = "/api/2.0/serving-endpoints/customer-churn-model-endpoint";

type Fault = Readonly<Record<string, unknown>>;
const onRead = { method: "GET", path: `${REGISTRY}/registered-models/get` };
const page = { kind: "status", status: 200, body: "<html>Sign in</html>" };
const refused = { kind: "status", status: 403 };
const NONSENSE = { version: null };

/** What is wrong with the registry while a candidate is nominated that would pass. */
const broken: readonly (readonly [string, Fault, string])[] = [
  ["is down", { ...onRead, kind: "drop" }, "registered-models/get at http"],
  [
    "is down from the update on",
    { ...onRead, kind: "drop", offset: 1 },
    "registered-models/get at",
  ],
  ["lets nobody in", { ...onRead, ...refused }, "registered-models/get with 403"],
  ["lets nobody in from the update on", { ...onRead, ...refused, offset: 1 }, "get with 403"],
  ["answers a page to sign in", { ...onRead, ...page }, "not JSON: <html>Sign in</html>"],
  ["answers nonsense", { ...onRead, ...page, body: NONSENSE }, "none that Unity Catalog gives"],
  [
    "takes no evidence",
    { ...refused, method: "POST", path: `${REGISTRY}/model-versions/set-tag` },
    "set-tag with 403",
  ],
  ["takes no alias", { ...refused, method: "PUT", path: "*/aliases/champion" }, "with 403"],
];

/** A candidate that is good enough, and a champion that serves: what keeps the real engine from promoting. */
describe("a gate that would promote", () => {
  let deployment: Deployment;
  let before: unknown;
  let better: string;

  const configure = (said: string): void => {
    deployment.configure((yaml) => yaml.replace(/(?<=customer_churn: )\{\}/, said));
  };

  /** What must not change, as the workspace answers it. */
  const behind = async () => ({
    champion: await deployment.call("GET", `${ALIASES}/champion`),
    endpoint: await deployment.call("GET", ENDPOINT),
  });

  beforeAll(async () => {
    deployment = await Deployment.create(undefined, undefined, { program: GATED_MODEL });
    configure("{ endpoint: true }");
    const empty = await deployment.up();
    expect(empty.exitCode, said(empty)).toBe(0);
    const champion = { ...GOOD, val_auc_roc: 0.85 };
    const versions = await register(deployment.connection, { champion, better: GOOD });
    await nominate(deployment, versions.champion);
    const up = await deployment.up();
    expect(up.exitCode, said(up)).toBe(0);
    expect(await servedBy(deployment)).toEqual([versions.champion]);
    before = await behind();
    better = versions.better;
    await nominate(deployment, better);
  }, 5 * MINUTES);

  afterAll(async () => {
    await deployment.close();
  });

  it.each(broken)(
    "has a registry that %s: the update fails",
    async (_how, fault, why) => {
      await deployment.call("PUT", "/local/faults", { rules: [fault] });
      const up = await deployment.up();
      await deployment.call("DELETE", "/local/faults");
      expect(said(up)).toContain(why);
      expect(up.exitCode).not.toBe(0);
      expect(await behind()).toEqual(before);
    },
    2 * MINUTES,
  );

  it(
    "has no rules: nothing is even previewed",
    async () => {
      configure("{ endpoint: true, rules: [] }");
      const up = await deployment.up();
      configure("{ endpoint: true }");
      expect(said(up)).toContain("customer-churn-gate has no rules; it needs at least one");
      expect(up.exitCode).not.toBe(0);
      expect(await behind()).toEqual(before);
    },
    2 * MINUTES,
  );

  it(
    "promotes as soon as nothing is wrong any more",
    async () => {
      const up = await deployment.up();
      expect(up.exitCode, said(up)).toBe(0);
      expect(await championOf(deployment)).toBe(better);
      expect(await servedBy(deployment)).toEqual([better]);
    },
    3 * MINUTES,
  );
});
