import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { root } from "../shared/paths";

const description = z.object({
  name: z.string(),
  backend: z.object({ url: z.string() }).optional().catch(undefined),
});

/** What `Pulumi.yaml` says. */
function project(): z.output<typeof description> {
  return description.parse(parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")));
}

/** The name of the Pulumi project, as `Pulumi.yaml` says it. */
export function projectName(): string {
  return project().name;
}

/** Whether `Pulumi.yaml` says where the state of all stacks is: its `backend.url`. */
export function namesBackend(): boolean {
  return project().backend !== undefined;
}

/** The file of a stack's configuration; it need not be there. */
export function stackFile(stack: string): string {
  return join(root, `Pulumi.${stack}.yaml`);
}

/** The stacks that the repository knows: one for each file `Pulumi.<stack>.yaml`. */
export function knownStacks(folder = root): string[] {
  return readdirSync(folder)
    .flatMap((file) => /^Pulumi\.([\w.-]+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}
