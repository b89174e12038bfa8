import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

export const ROOT = join(__dirname, "..", "..", "..");

/** The environments of this repository. */
export const STACKS = ["local", "dev", "prod"] as const;
export type Stack = (typeof STACKS)[number];

const file = z.looseObject({ config: z.record(z.string(), z.unknown()) });

/** The configuration in `Pulumi.<stack>.yaml` as the engine passes it: text, structures as JSON. */
export function stackConfig(stack: Stack): Record<string, string> {
  const { config } = file.parse(parse(readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8")));
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}
