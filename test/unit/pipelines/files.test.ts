import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { STEPS } from "../../../cli/ci";
import { root } from "../../../cli/shared/paths";

const GITHUB = [
  ...readdirSync(join(root, ".github/workflows")).map((name) => `.github/workflows/${name}`),
  ".github/actions/setup/action.yml",
];
const AZURE = readdirSync(join(root, ".azuredevops")).map((name) => `.azuredevops/${name}`);

/** Every value of a key anywhere in a file. */
function valuesOf(file: string, ...keys: string[]): string[] {
  const found: string[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (keys.includes(key) && typeof value === "string") found.push(value);
      walk(value);
    }
  };
  walk(parse(readFileSync(join(root, file), "utf8")));
  return found;
}

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));

const workflow = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      permissions: z.record(z.string(), z.string()),
      "timeout-minutes": z.number(),
      environment: z.string().optional(),
      env: z.record(z.string(), z.string()).default({}),
      steps: z.array(z.looseObject({ uses: z.string().optional(), run: z.string().optional() })),
    }),
  ),
});

const workflows = GITHUB.filter((file) => file.includes("workflows")).map((file) => ({
  file,
  ...workflow.parse(parse(readFileSync(join(root, file), "utf8"))),
}));

/** The commands of all steps of both systems. */
const commands = [
  ...GITHUB.flatMap((file) => valuesOf(file, "run")),
  ...AZURE.flatMap((file) => valuesOf(file, "script", "inlineScript")),
];

describe("every step", () => {
  it.each([...new Set(commands)])("runs what exists: %s", (command) => {
    if (command === "npm ci" || command === "npm test") return;
    const [, script, step] = /^npm run ([\w-]+)(?: -- (\S+))?/.exec(command) ?? [];
    expect(Object.keys(scripts)).toContain(script);
    // A template's parameter is looked at below.
    if (script === "ci" && !step?.startsWith("${{")) expect(STEPS).toContain(step);
  });

  it("that is signed in to Azure by the template is a step of ci", () => {
    const file = readFileSync(join(root, ".azuredevops/azure-pipelines.yml"), "utf8");
    const lists = [...file.matchAll(/^ +steps: \[(.+)\]$/gm)].map(([, list = ""]) => list);
    expect(lists).toHaveLength(5);
    for (const step of lists.flatMap((list) => list.split(", "))) {
      expect(STEPS).toContain(step.split(" ")[0]);
    }
  });

  it("leaves commands to the scripts: one line each", () => {
    expect(commands.filter((command) => command.includes("\n"))).toEqual([]);
  });
});

describe("every action", () => {
  const uses = GITHUB.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/uses: (\S+)(.*)$/gm)].map(
      ([, action = "", comment = ""]) => ({ file, action, comment }),
    ),
  );

  it("is one of this repository, or pinned by a whole hash that says its version", () => {
    expect(uses.length).toBeGreaterThan(20);
    for (const { action, comment } of uses) {
      if (action.startsWith("./")) continue;
      expect(action).toMatch(/^[\w.-]+\/[\w.-]+@[0-9a-f]{40}$/);
      expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
  });

  it("has one hash wherever it is used", () => {
    const pinned = new Set(uses.map(({ action }) => action));
    const names = new Set([...pinned].map((action) => action.split("@")[0]));
    expect(pinned.size).toBe(names.size);
  });
});

describe("every workflow", () => {
  it.each(workflows)("$file gives each job what it needs and no more", ({ permissions, jobs }) => {
    expect(permissions).toEqual({});
    for (const job of Object.values(jobs)) {
      const signsIn = job.steps.some(({ uses }) => uses?.startsWith("azure/login@"));
      const comments = job.steps.some(({ run }) => run?.includes("ci -- comment"));
      expect(job.permissions).toEqual({
        contents: "read",
        ...(signsIn ? { "id-token": "write" } : {}),
        ...(comments ? { "pull-requests": "write" } : {}),
      });
      expect(job["timeout-minutes"]).toBeGreaterThan(0);
    }
  });

  it("has no secret, and no trigger that gives a fork's code credentials", () => {
    for (const file of [...GITHUB, ...AZURE]) {
      const text = readFileSync(join(root, file), "utf8");
      expect(text).not.toMatch(/secrets\.|pull_request_target|workflow_run|client-secret/i);
    }
  });

  it("shows a pull request nothing of an identity that may deploy", () => {
    const text = readFileSync(join(root, ".github/workflows/pull-request.yml"), "utf8");
    expect(text).toContain("PROD_PREVIEW_CLIENT_ID");
    expect(text).not.toContain("DEPLOY_CLIENT_ID");
    const preview = readFileSync(join(root, ".azuredevops/preview.yml"), "utf8");
    expect(preview).toContain("role: preview");
    expect(preview).not.toContain("role: deploy");
  });

  it("deploys to production behind its environment only, from a release", () => {
    for (const { file, on, jobs } of workflows) {
      for (const { env, environment, steps } of Object.values(jobs)) {
        const client = [...Object.values(env), ...steps.map((step) => JSON.stringify(step))];
        const isProd = client.some((text) => text.includes("PROD_DEPLOY_CLIENT_ID"));
        const appliesPlan = steps.some(({ run }) => run === "npm run ci -- deploy prod");
        if (!isProd && !appliesPlan) continue;
        expect(environment).toBe("production");
        expect(file).toContain("release");
        expect(Object.keys(on)).toEqual(["push"]);
      }
    }
  });
});
