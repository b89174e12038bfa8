import { parseArgs } from "node:util";
import { knownStacks } from "../stack/project";
import { LOCAL } from "../stack/stackEnvironment";
import { UserError, messageOf } from "../shared/userError";

export const usage = `Usage: npm run gate -- history MODEL [--json]
       npm run gate -- explain MODEL VERSION [--json]
       npm run gate -- rollback MODEL [--to VERSION] --reason "…" [--by NAME] [--yes]
Who was champion when and why; what the gate would say of a version, without touching anything; and the way
back to an earlier champion: alias and endpoint in one update.
  MODEL          as npm run models lists it, or the name of the registered model
  --stack NAME   the environment; default: ${LOCAL}
  --json         for programs
  --to VERSION   the champion that comes back; default: the one before
  --by NAME      who asks for it; default: who is signed in to the workspace
  --yes          without being asked
  --config-file FILE  as for pulumi up
explain ends with 0 if the version would be promoted, with 2 if not.`;

/** What every command needs. */
export interface Asked {
  readonly model: string;
  readonly stack: string;
}

/** `history`. */
export interface HistoryCommand extends Asked {
  readonly verb: "history";
  readonly json: boolean;
}

/** `explain`. */
export interface ExplainCommand extends Asked {
  readonly verb: "explain";
  readonly version: string;
  readonly json: boolean;
}

/** `rollback`. */
export interface RollbackCommand extends Asked {
  readonly verb: "rollback";
  /** Undefined for the champion before. */
  readonly to: string | undefined;
  readonly reason: string;
  /** Undefined for who is signed in. */
  readonly by: string | undefined;
  readonly yes: boolean;
  readonly configFile: string | undefined;
}

export type Command = HistoryCommand | ExplainCommand | RollbackCommand | { readonly verb: "help" };

const string = { type: "string" } as const;
const flag = { type: "boolean", default: false } as const;
const everywhere = { stack: { type: "string", short: "s", default: LOCAL }, help: flag } as const;
const reading = { ...everywhere, json: flag } as const;
const changing = {
  ...everywhere,
  to: string,
  reason: string,
  by: string,
  yes: { ...flag, short: "y" },
  "config-file": string,
} as const;

/** More than anybody reads in a table; evidence is kept in tags, which are short. */
const LONGEST_REASON = 500;
const LONGEST_NAME = 200;

/**
 * Reads what the command line asks for.
 * @throws UserError naming what is unknown, missing or wrong, with the usage where that helps.
 */
export function readCommand([verb, ...args]: string[]): Command {
  if (args.includes("--help") || verb === "--help" || verb === "help") return { verb: "help" };
  switch (verb ?? "") {
    case "history": {
      const { values, positionals } = parsed(args, reading);
      const [model] = named(positionals, "history", ["MODEL"]);
      return { verb: "history", model, stack: known(values.stack), json: values.json };
    }
    case "explain": {
      const { values, positionals } = parsed(args, reading);
      const [model, version] = named(positionals, "explain", ["MODEL", "VERSION"]);
      const stack = known(values.stack);
      return { verb: "explain", model, version: versionOf(version), stack, json: values.json };
    }
    case "rollback": {
      const { values, positionals } = parsed(args, changing);
      const [model] = named(positionals, "rollback", ["MODEL"]);
      return {
        verb: "rollback",
        model,
        stack: known(values.stack),
        to: values.to === undefined ? undefined : versionOf(values.to),
        reason: said("reason", values.reason ?? "", LONGEST_REASON),
        by: values.by === undefined ? undefined : said("by", values.by, LONGEST_NAME),
        yes: values.yes,
        configFile: values["config-file"],
      };
    }
    default:
      throw new UserError(
        `${verb === undefined ? "Which command?" : `There is no command '${verb}'.`}\n${usage}`,
      );
  }
}

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>["options"]>;

function parsed<const O extends Options>(args: string[], options: O) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UserError(`${messageOf(error)}\n${usage}`);
  }
}

/** As many positionals as there are names. */
function named<const Names extends readonly string[]>(
  given: readonly string[],
  verb: string,
  names: Names,
): { readonly [Index in keyof Names]: string };
function named(given: readonly string[], verb: string, names: readonly string[]) {
  if (given.length === names.length) return given;
  const what =
    given.length < names.length
      ? `${names[given.length] ?? ""} is missing`
      : `'${given[names.length] ?? ""}' is too much`;
  throw new UserError(`gate ${verb}: ${what}.\n${usage}`);
}

function known(stack: string): string {
  const stacks = knownStacks();
  if (stacks.includes(stack)) return stack;
  throw new UserError(`There is no Pulumi.${stack}.yaml; there are ${stacks.join(", ")}.`);
}

function versionOf(text: string): string {
  const [, number] = /^v?([1-9]\d{0,14})$/.exec(text) ?? [];
  if (number !== undefined) return number;
  throw new UserError(`The version is '${text}'; it must be a number such as 7.`);
}

/** What a person says, in one line. */
function said(flag: "reason" | "by", text: string, longest: number): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  if (line === "") {
    const why = flag === "reason" ? "why; it is recorded" : "who asks for it";
    throw new UserError(`A rollback needs --${flag} "…": ${why}. Nothing was changed.`);
  }
  if (line.length <= longest) return line;
  throw new UserError(
    `--${flag} has ${line.length} characters; it must have ${longest} or fewer. Nothing was changed.`,
  );
}
