import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { stackFile } from "../stack/project";
import { LOCAL } from "../stack/stackEnvironment";
import { UserError, messageOf } from "../shared/userError";

const usage = `Usage: npm run bootstrap -- STACK --subscription ID --location REGION [--dry-run]
Makes the place of a stack's state: a storage account, and a key that its secrets are encrypted with.
  --subscription ID  GUID of the Azure subscription
  --location REGION  e.g. westeurope
  --name NAME        what the names begin with, 2 to 8 of a-z and 0-9 (default mlops)
  --reader ID        object id of the identity that previews in pipelines; may be repeated
  --writer ID        object id of the identity that deploys in pipelines; may be repeated
  --dry-run          only print the commands`;

/** What is to be made, and who may use it. */
export interface Settings {
  readonly stack: string;
  readonly subscription: string;
  readonly location: string;
  readonly readers: readonly string[];
  readonly writers: readonly string[];
  readonly dryRun: boolean;
  readonly names: Names;
}

/** Names of what is made; those of account and vault are unique in the world by a hash. */
export interface Names {
  readonly group: string;
  readonly account: string;
  readonly container: string;
  readonly vault: string;
  readonly key: string;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @throws UserError naming every bad argument with its value and what is allowed. */
export function readSettings(args: string[]): Settings {
  const { values, positionals } = parse(args);
  const [stack = ""] = positionals;
  const { subscription = "", location = "", name, reader, writer } = values;
  const problems = [
    ...(positionals.length === 1 && isStack(stack)
      ? []
      : [`STACK is '${positionals.join(" ")}'; it must be one that has a file Pulumi.STACK.yaml`]),
    ...(stack === LOCAL ? [`STACK is '${LOCAL}', whose state is on this machine`] : []),
    ...guidProblem("--subscription", subscription),
    ...[...reader, ...writer].flatMap((id) => guidProblem("--reader and --writer", id)),
    ...(/^[a-z0-9]+$/.test(location)
      ? []
      : [`--location is '${location}'; it must be a region such as westeurope`]),
    ...(/^[a-z][a-z0-9]{1,7}$/.test(name)
      ? []
      : [`--name is '${name}'; it must be 2 to 8 of a-z and 0-9, a letter first`]),
  ];
  if (problems.length > 0) throw new UserError(`${problems.join("\n")}\n${usage}`);
  return {
    ...{ stack, subscription, location, readers: reader, writers: writer },
    dryRun: values["dry-run"],
    names: namesOf(name, stack, subscription),
  };
}

/** The names, the same for the same arguments. */
export function namesOf(name: string, stack: string, subscription: string): Names {
  const unique = createHash("sha256")
    .update(`${subscription.toLowerCase()}/${name}/${stack}`)
    .digest("hex")
    .slice(0, 5);
  const short = stack.replaceAll(/[^a-z0-9]/g, "").slice(0, 8);
  return {
    group: `${name}-${stack}-state`,
    account: `${name}${short}st${unique}`,
    container: "pulumi-state",
    vault: `${name}-${short}-s${unique}`,
    key: "pulumi",
  };
}

function isStack(stack: string): boolean {
  return /^[a-z][a-z0-9-]{0,19}$/.test(stack) && existsSync(stackFile(stack));
}

function guidProblem(option: string, value: string): string[] {
  return GUID.test(value) ? [] : [`${option} is '${value}'; it must be a GUID`];
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        subscription: { type: "string" },
        location: { type: "string" },
        name: { type: "string", default: "mlops" },
        reader: { type: "string", multiple: true, default: [] },
        writer: { type: "string", multiple: true, default: [] },
        "dry-run": { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UserError(`${messageOf(error)}\n${usage}`);
  }
}
