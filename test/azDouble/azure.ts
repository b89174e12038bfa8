/** What the double remembers. */
export interface AzureState {
  signedIn: boolean;
  /** How often it still refuses to list keys, as Azure does until a role takes effect. */
  forbidden: number;
  keyVersions: number;
  /** Commands in order, with the code that each ended with. */
  calls: [command: string, code: number][];
  /** What was made, by kind and name, with the options that it was made with. */
  made: Record<string, Record<string, Options>>;
}

/** Options of a command, without their hyphens. */
type Options = Record<string, string[]>;

/** An Azure in which somebody has signed in and nothing is made. */
export function emptyAzure(): AzureState {
  return { signedIn: true, forbidden: 0, keyVersions: 0, calls: [], made: {} };
}

/** What a command writes, and the code that it ends with. */
interface Answer {
  readonly code: number;
  readonly output: string;
}

const ok = (output = ""): Answer => ({ code: 0, output });
const error = (message: string, code = 1): Answer => ({ code, output: `ERROR: ${message}` });

interface Command {
  /** Options that the Azure CLI has for it and bootstrap uses. */
  readonly options: string;
  readonly answer: (azure: AzureState, options: Options, one: (name: string) => string) => Answer;
}

/** Makes a thing, which the option `by` names; made again, it is as it was asked for last. */
const make = (kind: string, by: string, options: string): Command => ({
  options: `${by} ${options}`,
  answer: (azure, given, one) => {
    (azure.made[kind] ??= {})[one(by)] = given;
    return ok("{}");
  },
});

const list = (azure: AzureState, kind: string): Answer =>
  ok(Object.keys(azure.made[kind] ?? {}).join("\n"));

const account = {
  tenantId: "99999999-0000-0000-0000-000000000001",
  user: { name: "alice@example.com", type: "user" },
};

const COMMANDS: Readonly<Record<string, Command>> = {
  "account show": {
    options: "subscription output",
    answer: () => ok(JSON.stringify(account)),
  },
  "ad signed-in-user show": {
    options: "query output",
    answer: () => ok("99999999-0000-0000-0000-000000000002"),
  },
  "ad sp show": {
    options: "id query output",
    answer: () => ok("99999999-0000-0000-0000-000000000003"),
  },
  "group create": make("groups", "name", "location subscription tags"),
  "storage account create": make(
    "accounts",
    "name",
    "resource-group subscription location sku kind https-only min-tls-version " +
      "allow-blob-public-access allow-shared-key-access allow-cross-tenant-replication",
  ),
  "storage account blob-service-properties update": make(
    "blobProperties",
    "account-name",
    "resource-group subscription enable-versioning enable-delete-retention delete-retention-days " +
      "enable-container-delete-retention container-delete-retention-days",
  ),
  "storage container-rm create": make(
    "containers",
    "name",
    "storage-account resource-group subscription",
  ),
  "keyvault list": {
    options: "resource-group query subscription output",
    answer: (azure) => list(azure, "vaults"),
  },
  "keyvault create": {
    ...make("vaults", "name", ""),
    options:
      "name resource-group subscription location sku enable-rbac-authorization " +
      "enable-purge-protection retention-days",
    answer: (azure, options, one) => {
      const vaults = (azure.made["vaults"] ??= {});
      if (vaults[one("name")] !== undefined) return error("(VaultAlreadyExists)");
      vaults[one("name")] = options;
      return ok("{}");
    },
  },
  "keyvault key list": {
    options: "vault-name query subscription output",
    answer: (azure) => {
      if (azure.forbidden === 0) return list(azure, "keys");
      azure.forbidden -= 1;
      return error("(Forbidden) Caller is not authorized to perform action on resource.");
    },
  },
  "keyvault key create": {
    options: "vault-name name subscription kty size ops",
    answer: (azure, options, one) => {
      azure.keyVersions += 1;
      (azure.made["keys"] ??= {})[one("name")] = options;
      return ok("{}");
    },
  },
  "keyvault key show": {
    options: "vault-name name query subscription output",
    answer: ({ keyVersions }, _options, one) =>
      ok(`https://${one("vault-name")}.vault.azure.net/keys/${one("name")}/v${keyVersions}`),
  },
  "role assignment create": {
    options: "role scope assignee-object-id assignee-principal-type",
    answer: (azure, options, one) => {
      const name = [one("role"), one("assignee-object-id"), one("scope")].join(" | ");
      (azure.made["roles"] ??= {})[name] = options;
      return ok("{}");
    },
  },
  "lock create": make("locks", "name", "lock-type resource-group subscription"),
};

/**
 * A DOUBLE of the Azure CLI: the commands of `npm run bootstrap` and no others, with the refusals of Azure that it
 * has to live with. An option that it does not know is refused.
 */
export function answerAz(azure: AzureState, args: readonly string[]): Answer {
  const first = args.findIndex((arg) => arg.startsWith("--"));
  const name = args.slice(0, first).join(" ");
  const answer = answerCommand(azure, name, optionsIn(args.slice(first)));
  azure.calls.push([name, answer.code]);
  return answer;
}

function answerCommand(azure: AzureState, name: string, options: Options): Answer {
  const command = COMMANDS[name];
  if (command === undefined) return error(`'${name}' is misspelled or not recognized.`, 2);
  const known = command.options.split(" ");
  const unknown = Object.keys(options).filter((option) => !known.includes(option));
  if (unknown.length > 0) return error(`unrecognized arguments: --${unknown.join(" --")}`, 2);
  if (!azure.signedIn) return error("Please run 'az login' to setup account.");
  return command.answer(azure, options, (option) => options[option]?.[0] ?? "");
}

function optionsIn(args: readonly string[]): Options {
  const options: Options = {};
  let current: string[] = [];
  for (const arg of args) {
    if (arg.startsWith("--")) options[arg.slice(2)] = current = [];
    else current.push(arg);
  }
  return options;
}
