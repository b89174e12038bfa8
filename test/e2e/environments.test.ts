import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { Deployment, MINUTES, only, said } from "./deployment";

/** In place of the subscription and tenant that everybody sets first; one model is enough here. */
const atNobodys = (yaml: string): string =>
  only("iris")(yaml).replaceAll(
    "00000000-0000-0000-0000-000000000000",
    "00000000-0000-4000-8000-00000000d0b1",
  );

const exported = z.object({
  deployment: z.object({
    resources: z.array(
      z.object({
        type: z.string(),
        id: z.string().default(""),
        protect: z.boolean().default(false),
      }),
    ),
  }),
});

/** As `npm run pulumi` adds it: what an environment's file says has to pass its own policies. */
const judged = ["--policy-pack", "policies"];

/** Pulumi.dev.yaml and Pulumi.prod.yaml, on the local workspace and a double of Azure. */
describe.each([
  { stack: "dev", catalog: "ml_dev", guarded: false },
  { stack: "prod", catalog: "ml", guarded: true },
])("$stack", ({ stack, catalog, guarded }) => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.create(atNobodys, undefined, { stack, azure: true });
  }, 5 * MINUTES);

  afterAll(async () => {
    await deployment.close();
  });

  const inAzure = (): number => readdirSync(join(deployment.folder, "azure")).length;

  async function resources() {
    const { stdout } = await deployment.pulumi("stack", "export");
    return exported.parse(JSON.parse(stdout)).deployment.resources;
  }

  it(
    "deploys its Azure side first, and says what comes next",
    async () => {
      deployment.knowsWorkspace = false;
      const result = await deployment.up(...judged);
      expect(said(result)).toMatch(
        /npm run pulumi -- config set databricks:host https:\/\/adb-\d+\.\d+\.azuredatabricks\.net/,
      );
      expect(result.exitCode).toBe(0);
      const types = (await resources()).map(({ type }) => type);
      expect(types).toContain("azure-native:databricks:Workspace");
      expect(types.filter((type) => type.startsWith("databricks:"))).toEqual([]);
    },
    5 * MINUTES,
  );

  it(
    "deploys platform and models as soon as it knows the workspace",
    async () => {
      deployment.knowsWorkspace = true;
      // Once with its preview, as people run it.
      const preview = guarded ? [] : ["--skip-preview"];
      const result = await deployment.pulumi("up", "--yes", ...preview, ...judged);
      expect(result.exitCode, said(result)).toBe(0);
      expect(said(result)).toMatch(/\+ \d+ created/);
      expect(said(result)).not.toMatch(
        /\d (to update|to replace|to delete|updated|replaced|deleted)/,
      );
      expect(
        await deployment.call("GET", `/api/2.1/unity-catalog/catalogs/${catalog}`),
      ).toMatchObject({
        name: catalog,
        storage_root: expect.stringMatching(/^abfss:\/\/catalog@/) as unknown,
      });
    },
    5 * MINUTES,
  );

  it(
    "has nothing to change after that, in the workspace and in Azure",
    async () => {
      for (const args of [
        ["preview", "--expect-no-changes", ...judged],
        ["refresh", "--yes", "--skip-preview", "--expect-no-changes"],
      ]) {
        const result = await deployment.pulumi(...args);
        expect(result.exitCode, said(result)).toBe(0);
      }
    },
    5 * MINUTES,
  );

  it(
    guarded ? "is not destroyed before somebody takes its protection away" : "can be destroyed",
    async () => {
      if (guarded) {
        const before = inAzure();
        // Its preview is what stops it: without one it would delete all that is not protected.
        const refused = await deployment.pulumi("destroy", "--yes");
        expect(refused.exitCode).not.toBe(0);
        expect(said(refused)).toContain("cannot be deleted");
        expect(inAzure()).toBe(before);
        deployment.configure((yaml) =>
          atNobodys(yaml)
            .replace("protect: true", "protect: false")
            .replace("forceDestroy: false", "forceDestroy: true"),
        );
        const open = await deployment.up();
        expect(open.exitCode, said(open)).toBe(0);
      }
      const result = await deployment.pulumi("destroy", "--yes", "--skip-preview");
      expect(result.exitCode, said(result)).toBe(0);
      expect(inAzure()).toBe(0);
    },
    5 * MINUTES,
  );
});
