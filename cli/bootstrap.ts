import { z } from "zod";
import { obtainEngine, runPulumi, type PulumiResult } from "../engine";
import { findOnPath } from "../engine/paths";
import { commandLine, runningAz } from "./bootstrap/az";
import { makeAzureSide, patiently, whoAmI, type SignedIn } from "./bootstrap/azure";
import {
  keyCommand,
  lockCommand,
  ownRoles,
  pipelineRoles,
  scopesOf,
  storageCommands,
  vaultCommand,
} from "./bootstrap/commands";
import { readSettings, type Settings } from "./bootstrap/settings";
import { checkIds, fillIn, type AzureIds } from "./bootstrap/stackFile";
import { paths, root } from "./shared/paths";
import { UserError } from "./shared/userError";

const PAUSE_MS = 10_000;

const stacks = z.array(z.object({ name: z.string() }));

/**
 * `npm run bootstrap`: the state of a stack in Azure Blob Storage, its secrets encrypted with a key of Key Vault, and
 * the stack itself. Every command is printed; run again, it changes nothing that is right already.
 */
export async function main(args: string[]): Promise<number> {
  const settings = readSettings(args);
  if (settings.dryRun) {
    console.log(dryRun(settings).join("\n"));
    return 0;
  }
  if (findOnPath("az", process.env["PATH"] ?? "", paths.kept) === undefined) {
    throw new UserError(
      "There is no az on the PATH. Install the Azure CLI: https://learn.microsoft.com/cli/azure/install-azure-cli",
    );
  }
  const az = runningAz(print);
  const signedIn = whoAmI(az, settings);
  const ids = idsOf(settings, signedIn);
  checkIds(settings.stack, ids);
  const engine = await obtainEngine();
  const key = await makeAzureSide(az, settings, signedIn.me, pause);
  fillIn(settings.stack, ids);
  await makeStack(settings, key, (...command) =>
    runPulumi(engine, command, { cwd: root, stdio: "pipe" }),
  );
  console.log(whatNext(settings));
  return 0;
}

function print(line: string): void {
  console.log(`$ ${line}`);
}

function pause(): Promise<void> {
  console.log(`  a new role takes effect within minutes; again in ${PAUSE_MS / 1000} s`);
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}

function idsOf({ subscription }: Settings, { tenantId, databricksObjectId }: SignedIn): AzureIds {
  const databricks = [["keyVault", "databricksObjectId"], databricksObjectId ?? ""] as const;
  return [
    [["subscriptionId"], subscription],
    [["tenantId"], tenantId],
    ...(databricksObjectId === undefined ? [] : [databricks]),
  ];
}

/** Where Pulumi keeps the state, as `pulumi login` and `PULUMI_BACKEND_URL` take it. */
function backendOf({ names }: Settings): string {
  return `azblob://${names.container}?storage_account=${names.account}`;
}

async function makeStack(
  settings: Settings,
  key: string,
  pulumi: (...args: string[]) => Promise<PulumiResult>,
): Promise<void> {
  const run = async (...args: string[]): Promise<string> => {
    print(commandLine("pulumi", args));
    const { exitCode, stdout, stderr } = await pulumi(...args, "--non-interactive");
    if (exitCode !== 0) throw new UserError(stderr.trim() || stdout.trim());
    return stdout;
  };
  await patiently(pause, () => run("login", backendOf(settings)));
  const { stack } = settings;
  const found = stacks.parse(JSON.parse(await run("stack", "ls", "--json")));
  if (found.some(({ name }) => name === stack)) return;
  await run("stack", "init", stack, "--no-select", "--secrets-provider", key);
}

/** What would be run, as a script; what Azure would answer stands there as variables. */
function dryRun(settings: Settings): string[] {
  const scopes = scopesOf(settings);
  const { names, stack, subscription } = settings;
  const az = (command: readonly string[]): string => commandLine("az", command);
  const mine = ownRoles(scopes, { id: "ME", type: "User" }).map(az);
  return [
    az(["account", "show", "--subscription", subscription, "--output", "json"]),
    `ME=$(${az(["ad", "signed-in-user", "show", "--query", "id", "--output", "tsv"])})`,
    ...storageCommands(settings).map(az),
    `# unless there is a vault ${names.vault}:`,
    az(vaultCommand(settings)),
    ...mine.map((line) => line.replace(/ ME /, ' "$ME" ')),
    `# unless there is a key ${names.key} in it:`,
    az(keyCommand(settings)),
    ...pipelineRoles(scopes, settings).map(az),
    az(lockCommand(settings)),
    commandLine("pulumi", ["login", backendOf(settings)]),
    commandLine("pulumi", [
      ...["stack", "init", stack, "--no-select", "--secrets-provider"],
      `azurekeyvault://${names.vault}.vault.azure.net/keys/${names.key}/VERSION`,
    ]),
  ];
}

function whatNext(settings: Settings): string {
  const { stack } = settings;
  return [
    `The state of ${stack} is in ${backendOf(settings)}.`,
    `Commit Pulumi.${stack}.yaml: it names the key, and holds nothing that is secret.`,
    `In pipelines, PULUMI_BACKEND_URL is this address: GitHub variable ${stack.toUpperCase()}_BACKEND_URL, ` +
      `Azure DevOps variable ${stack}BackendUrl.`,
    `Next: npm run pulumi -- up -s ${stack}`,
  ].join("\n");
}
