import { appendFileSync, readFileSync } from "node:fs";

/** The CI system that this process runs in, undefined on anybody's machine. */
export type System = "github" | "azureDevOps";

/**
 * Tells by the variables that each system sets.
 * https://docs.github.com/actions/reference/workflows-and-actions/variables,
 * https://learn.microsoft.com/azure/devops/pipelines/build/variables
 */
export function findSystem(env: NodeJS.ProcessEnv = process.env): System | undefined {
  if (env["GITHUB_ACTIONS"] === "true") return "github";
  return env["TF_BUILD"] === "True" ? "azureDevOps" : undefined;
}

/** Puts a report onto the page of the run, and a value where later jobs can ask for it. */
export function publish(
  markdown: string,
  values: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv = process.env,
): void {
  switch (findSystem(env)) {
    case "github": {
      const { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output } = env;
      if (summary !== undefined) appendFileSync(summary, `${readFileSync(markdown, "utf8")}\n`);
      const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
      if (output !== undefined) appendFileSync(output, lines.join(""));
      return;
    }
    case "azureDevOps":
      console.log(`##vso[task.uploadsummary]${markdown}`);
      for (const [name, value] of Object.entries(values)) {
        console.log(`##vso[task.setvariable variable=${name};isOutput=true]${value}`);
      }
      return;
    case undefined:
      return;
  }
}
