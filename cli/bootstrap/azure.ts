import { z } from "zod";
import { UserError } from "../shared/userError";
import { AzError, type Az } from "./az";
import {
  keyCommand,
  lockCommand,
  ownRoles,
  pipelineRoles,
  scopesOf,
  storageCommands,
  vaultCommand,
  type Principal,
} from "./commands";
import type { Settings } from "./settings";

/** Application id of Azure Databricks in every tenant. */
const DATABRICKS = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";

const account = z.object({
  tenantId: z.string(),
  user: z.object({ name: z.string(), type: z.string() }),
});

/** Who is signed in, and to what. */
export interface SignedIn {
  readonly tenantId: string;
  readonly me: Principal;
  /** Object id of the application AzureDatabricks in the tenant; undefined where it is not known. */
  readonly databricksObjectId: string | undefined;
}

/**
 * Asks who is signed in; changes nothing.
 * @throws UserError if nobody is, or if the subscription is not theirs.
 */
export function whoAmI(az: Az, { subscription }: Settings): SignedIn {
  const { tenantId, user } = account.parse(JSON.parse(signedIn(az, subscription)));
  const isPerson = user.type === "user";
  const id = isPerson
    ? az.run("ad", "signed-in-user", "show", "--query", "id", "--output", "tsv")
    : az.run("ad", "sp", "show", "--id", user.name, "--query", "id", "--output", "tsv");
  return {
    tenantId,
    me: { id, type: isPerson ? "User" : "ServicePrincipal" },
    databricksObjectId: databricksApplication(az),
  };
}

function signedIn(az: Az, subscription: string): string {
  try {
    return az.run("account", "show", "--subscription", subscription, "--output", "json");
  } catch (error) {
    if (!(error instanceof AzError)) throw error;
    throw new UserError(
      `The Azure CLI is not signed in to the subscription ${subscription}: az login\n${error.message}`,
    );
  }
}

/** Not known in a tenant in which nobody has used Azure Databricks yet. */
function databricksApplication(az: Az): string | undefined {
  try {
    return az.run("ad", "sp", "show", "--id", DATABRICKS, "--query", "id", "--output", "tsv");
  } catch (error) {
    if (error instanceof AzError) return undefined;
    throw error;
  }
}

/**
 * Makes group, storage, vault, key, roles and lock; what is there already stays.
 * @param pause - Waits a while for a role to take effect.
 * @returns URL of the key as Pulumi takes it, with its version: a later one would not decrypt what this one has.
 */
export async function makeAzureSide(
  az: Az,
  settings: Settings,
  me: Principal,
  pause: () => Promise<void>,
): Promise<string> {
  const { subscription, names } = settings;
  const scopes = scopesOf(settings);
  for (const command of storageCommands(settings)) az.run(...command);
  const tsv = ["--subscription", subscription, "--output", "tsv"];
  const vaults = az.run(
    ...["keyvault", "list", "--resource-group", names.group],
    ...["--query", `[?name=='${names.vault}'].name`, ...tsv],
  );
  if (vaults === "") az.run(...vaultCommand(settings));
  for (const command of ownRoles(scopes, me)) az.run(...command);
  const query = ["--query", `[?name=='${names.key}'].name`, ...tsv];
  const keys = await patiently(pause, () =>
    az.run("keyvault", "key", "list", "--vault-name", names.vault, ...query),
  );
  if (keys === "") az.run(...keyCommand(settings));
  const show = ["keyvault", "key", "show", "--vault-name", names.vault, "--name", names.key];
  const id = az.run(...show, "--query", "key.kid", ...tsv);
  for (const command of pipelineRoles(scopes, settings)) az.run(...command);
  az.run(...lockCommand(settings));
  return id.replace(/^https:/, "azurekeyvault:");
}

/** A role that was just given takes effect within minutes. */
const ATTEMPTS = 30;

/** Tries again while Azure says that a right is missing. */
export async function patiently<T>(
  pause: () => Promise<void>,
  action: () => T | Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      const message = error instanceof Error ? error.message : "";
      const isMissing = /Forbidden|AuthorizationPermissionMismatch|\b403\b/.test(message);
      if (!isMissing || attempt === ATTEMPTS) throw error;
      await pause();
    }
  }
}
