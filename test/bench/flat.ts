import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean().default(false),
  inputs: z.record(z.string(), z.unknown()).default({}),
});
const exported = z.looseObject({
  deployment: z.looseObject({ resources: z.array(resource) }),
});

const PROJECT = "flat";

/** Without components a resource's URN has no chain of parents, only its own type. */
const flatUrn = (urn: string): string =>
  urn.replace(/^urn:pulumi:([^:]+)::[^:]+::(?:.*\$)?([^$]+)$/, `urn:pulumi:$1::${PROJECT}::$2`);

const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

/**
 * Writes a Pulumi program without components, configuration and decisions that registers what a
 * stack's state holds, and the state that goes with it: what our program is measured against.
 * @param state - What `pulumi stack export` prints.
 * @returns the file of the state, for `pulumi stack import`.
 */
export function writeFlatProgram(folder: string, state: string): string {
  mkdirSync(folder, { recursive: true });
  // Files that resources name are relative to the program.
  symlinkSync(join(__dirname, "..", "..", "jobs"), join(folder, "jobs"));
  const parsed = exported.parse(JSON.parse(state));
  const isComponent = ({ custom, type }: z.output<typeof resource>): boolean =>
    !custom && type !== "pulumi:pulumi:Stack";
  const kept = parsed.deployment.resources.filter((entry) => !isComponent(entry));
  const custom = kept.filter(({ type }) => !type.startsWith("pulumi:"));

  const stack = kept.find(({ type }) => type === "pulumi:pulumi:Stack");
  const stackUrn = flatUrn(stack?.urn ?? "").replace(/::[^:]+$/, `::${PROJECT}-local`);
  const resources = kept.map((entry) => {
    if (entry === stack) return { ...entry, urn: stackUrn, outputs: {} };
    const provider = entry["provider"];
    return {
      ...entry,
      urn: flatUrn(entry.urn),
      ...(entry["parent"] === undefined ? {} : { parent: stackUrn }),
      ...(typeof provider === "string" ? { provider: flatUrn(provider) } : {}),
      dependencies: [],
      propertyDependencies: {},
    };
  });
  const file = join(folder, "state.json");
  const deployment = { ...parsed.deployment, resources };
  writeFileSync(file, JSON.stringify({ ...parsed, deployment }));

  const flat = custom.map(({ urn, type, inputs }) => ({ type, name: nameOf(urn), inputs }));
  writeFileSync(join(folder, "resources.json"), JSON.stringify(flat));
  writeFileSync(join(folder, "Pulumi.yaml"), YAML);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: PROJECT, main: "index.js" }));
  writeFileSync(join(folder, "index.js"), PROGRAM);
  return file;
}

const YAML = `name: ${PROJECT}
runtime:
  name: nodejs
  options: { typescript: false }
`;

/** The classes of the SDK, as anybody would write it, and the same two dynamic providers. */
const PROGRAM = `"use strict";
Error.prepareStackTrace = undefined;
require("tsx/cjs");
const pulumi = require("@pulumi/pulumi");
const databricks = require("@pulumi/databricks");
const { GateProvider } = require("../../../components/gate/provider.ts");
const { PrimaryKeyProvider } = require("../../../components/primaryKey.ts");
const providers = { PromotionGate: new GateProvider(), PrimaryKey: new PrimaryKeyProvider() };
class Dynamic extends pulumi.dynamic.Resource {
  constructor(kind, name, inputs) {
    super(providers[kind], name, inputs, {}, "mlops", kind);
  }
}
for (const { type, name, inputs: { __provider, ...inputs } } of require("./resources.json")) {
  const kind = type.slice(type.lastIndexOf(":") + 1);
  if (type.startsWith("databricks:")) new databricks[kind](name, inputs);
  else new Dynamic(kind, name, inputs);
}
`;
