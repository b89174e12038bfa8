import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { findSignIn } from "../workspace/address";
import { paths } from "../shared/paths";
import { namesBackend, stackFile } from "./project";
import { UserError } from "../shared/userError";

/** The stack of the workspace on this machine. */
export const LOCAL = "local";

/** Protects nothing but local data, and is no secret: the state of `local` holds no credentials. */
const LOCAL_PASSPHRASE = "local";

/**
 * Without the files of attributes that the backend keeps beside each file and does not write at once:
 * one that a killed update left empty makes the whole state unreadable.
 * https://pkg.go.dev/gocloud.dev/blob/fileblob#hdr-URLs
 */
const LOCAL_BACKEND = `file://${paths.state}?metadata=skip`;

/** Commands of the Pulumi CLI that talk to the workspace. */
const DEPLOYING = [
  "up",
  "update",
  "preview",
  "pre",
  "refresh",
  "destroy",
  "down",
  "dn",
  "import",
  "watch",
];

/** What a call of the CLI is about. */
export interface Invocation {
  /** e.g. `up`, undefined for flags alone. */
  readonly command: string | undefined;
  /** The stack given with `-s` or `--stack`. */
  readonly stack: string | undefined;
  readonly deploys: boolean;
}

/** Reads command and stack out of arguments of the Pulumi CLI. */
export function readInvocation(args: readonly string[]): Invocation {
  const at = args.findIndex((arg) => arg === "-s" || arg === "--stack");
  const command = args.find((arg, index) => !arg.startsWith("-") && (at < 0 || index !== at + 1));
  const joined = args.find((arg) => /^(-s|--stack)=/.test(arg));
  const stack = at >= 0 ? args[at + 1] : joined?.slice(joined.indexOf("=") + 1);
  return {
    command,
    stack,
    deploys: command !== undefined && DEPLOYING.includes(command) && !args.includes("--help"),
  };
}

/**
 * The environment that a command runs with. The stack `local` has its state in this checkout; where
 * another stack keeps its state is the team's choice and not made here.
 * @throws UserError if a deployment has no stack or its state no place, or `local` no workspace.
 */
export function environmentOf({ stack, deploys }: Invocation): Record<string, string> {
  if (deploys && stack === undefined && !hasChosenBackend()) {
    throw new UserError("Which stack? Add -s local for the workspace on this machine, or -s dev.");
  }
  if (deploys && stack !== undefined) requireBackend(stack);
  return {
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(stack === LOCAL ? localBackend() : {}),
    ...(deploys ? workspaceOf(stack) : {}),
  };
}

/**
 * Without a place for the state, Pulumi itself asks for an access token of its cloud, which few need.
 * @throws UserError if nobody has said where the state of a stack other than `local` is.
 */
export function requireBackend(stack: string): void {
  if (stack === LOCAL || hasChosenBackend()) return;
  throw new UserError(
    `Where is the state of ${stack}? Sign in to it: npm run pulumi -- login URL, or set PULUMI_BACKEND_URL. ` +
      "If there is none yet: npm run bootstrap (docs/how-to/bootstrap-state.md).",
  );
}

/** Whether Pulumi knows of a backend, and so perhaps of a selected stack. */
function hasChosenBackend(): boolean {
  const { PULUMI_ACCESS_TOKEN, PULUMI_BACKEND_URL, PULUMI_STACK, PULUMI_HOME } = process.env;
  const homes = [PULUMI_HOME ?? join(homedir(), ".pulumi"), join(paths.kept, "engine", "home")];
  return (
    PULUMI_ACCESS_TOKEN !== undefined ||
    PULUMI_BACKEND_URL !== undefined ||
    namesBackend() ||
    PULUMI_STACK !== undefined ||
    homes.some((home) => existsSync(join(home, "credentials.json")))
  );
}

/** The files of the stack `local` in the file backend of this checkout. */
export interface LocalState {
  readonly checkpoint: string;
  readonly locks: string;
}

/** Where the state of `local` is, unless `env` keeps it elsewhere. */
export function localState(env: Record<string, string>): LocalState | undefined {
  if (env["PULUMI_BACKEND_URL"] !== LOCAL_BACKEND) return undefined;
  const kept = join(paths.state, ".pulumi");
  return {
    checkpoint: join(kept, "stacks", "mlops", `${LOCAL}.json`),
    locks: join(kept, "locks", "organization", "mlops", LOCAL),
  };
}

function localBackend(): Record<string, string> {
  // Pulumi.local.yaml was made with this passphrase, whatever protects other stacks of this user.
  const passphrase = { PULUMI_CONFIG_PASSPHRASE: LOCAL_PASSPHRASE };
  if (process.env["PULUMI_BACKEND_URL"] !== undefined) return passphrase;
  mkdirSync(paths.state, { recursive: true });
  return { PULUMI_BACKEND_URL: LOCAL_BACKEND, ...passphrase };
}

/**
 * Other stacks sign in by any way that the Databricks provider knows; what is missing then, the program
 * says. `databricks:host` in the stack's file comes first, as with any Pulumi program.
 */
function workspaceOf(stack: string | undefined): Record<string, string> {
  if (stack !== LOCAL || hasOwnHost(stack)) return {};
  // Another sign-in of the Databricks or Azure tools on this machine must not take part.
  return { ...findSignIn(), DATABRICKS_AUTH_TYPE: "pat" };
}

function hasOwnHost(stack: string): boolean {
  const file = stackFile(stack);
  return existsSync(file) && /^\s+databricks:host:/m.test(readFileSync(file, "utf8"));
}
