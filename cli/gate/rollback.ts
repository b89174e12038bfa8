import { judge } from "../../components/gate/judge";
import { CHAMPION, readAlias } from "../../components/gate/registry";
import type { Rollback } from "../../components/gate/decision/rollback";
import { ROLLBACK_VARIABLE } from "../../components/gate/rollbackRequest";
import type { Connection } from "../../components/workspace/rest";
import type { Engine } from "../../engine";
import { canAsk } from "../newModel/ask";
import { runOnStack } from "../pulumi";
import { environmentOf, readInvocation } from "../stack/stackEnvironment";
import { UserError, messageOf } from "../shared/userError";
import type { RollbackCommand } from "./command";
import { findGate, type DeployedGate } from "./deployedGate";
import { entriesOf } from "./entries";
import { planText, returnable } from "./rollbackPlan";
import { readRegistered, type Registered } from "./versionRecords";
import { whoAmI } from "./whoAmI";

/** As a shell says of a command that Ctrl-C has ended. */
const GIVEN_UP = 130;

/**
 * Makes an earlier champion champion again: says what will happen, asks, and runs the one update that moves
 * alias and endpoint.
 * @throws UserError if the gate refuses it, before anything is changed; or if the update fails.
 */
export async function rollback(engine: Engine, command: RollbackCommand): Promise<number> {
  const { yes, stack } = command;
  if (!yes && !canAsk()) {
    throw new UserError("Nobody can be asked here: add --yes to roll back. Nothing was changed.");
  }
  const { gate, connection } = await findGate(engine, command);
  const registered = await readRegistered(connection, gate.model);
  const order = await orderOf(connection, gate, registered, command);
  await requireAllowed(connection, gate, registered, order);
  console.log(planText(gate.name, stack, registered.champion, order));
  if (!yes && !(await isConfirmed(gate.name, order.to))) {
    console.log("Nothing was changed.");
    return GIVEN_UP;
  }
  const exitCode = await update(engine, command, gate.urn, order);
  await requireDone(connection, gate, command, order, exitCode);
  console.log(`${gate.name} in ${stack}: v${order.to} is champion again.`);
  return 0;
}

async function orderOf(
  connection: Connection,
  gate: DeployedGate,
  { champion, versions }: Registered,
  { to, reason, by }: RollbackCommand,
): Promise<Rollback> {
  const evidence = versions.find(({ version }) => version === champion)?.evidence;
  const before = evidence?.state === "intact" ? evidence.previousChampion : null;
  const target = to ?? before ?? gate.previousChampion;
  if (target === undefined) {
    throw new UserError(
      `${gate.name} has no champion before ${champion === null ? "this" : `v${champion}`} to go back to. Nothing was changed.`,
    );
  }
  return { model: gate.model, to: target, reason, by: by ?? (await whoAmI(connection)) };
}

/** Asks the gate itself, which asks once more in the update. */
async function requireAllowed(
  connection: Connection,
  gate: DeployedGate,
  { versions, champion }: Registered,
  order: Rollback,
): Promise<void> {
  const { model, policy, name } = gate;
  const { verdict } = await judge(connection, { model, policy, rollback: order });
  if (verdict.outcome === "promoted") return;
  const possible = returnable(entriesOf(versions, gate), versions, champion);
  const others = possible.length === 0 ? "none" : possible.map((one) => `v${one}`).join(", ");
  throw new UserError(
    `${name} cannot go back to v${order.to}: ${verdict.reason}. Nothing was changed. ` +
      `Earlier champions that can come back: ${others}.`,
  );
}

async function isConfirmed(name: string, to: string): Promise<boolean> {
  const { confirm, isCancel } = await import("@clack/prompts");
  const answer = await confirm({ message: `Roll ${name} back to v${to}?`, initialValue: false });
  return !isCancel(answer) && answer;
}

/**
 * Updates the gate and what depends on it, and nothing else: somebody who rolls back in a hurry must not deploy
 * whatever else is pending. `--target` is safe here because whatever serves the version depends on the gate, so
 * that it is a target too, and because it gets the version that the gate's own update has left
 * ({@link PromotionGate.confirm}). It is previewed first: what would fail halfway, fails before the alias moves.
 * https://www.pulumi.com/docs/iac/cli/commands/pulumi_up/
 */
async function update(
  engine: Engine,
  { stack, configFile }: RollbackCommand,
  urn: string,
  order: Rollback,
): Promise<number> {
  const args = [
    ...["up", "--yes", "--stack", stack],
    ...["--target", urn, "--target-dependents"],
    ...(configFile === undefined ? [] : ["--config-file", configFile]),
  ];
  const env = environmentOf(readInvocation(args));
  const ordered = { ...env, [ROLLBACK_VARIABLE]: JSON.stringify(order) };
  const { exitCode } = await runOnStack(engine, args, ordered);
  return exitCode;
}

/** @throws UserError if the update failed, or moved nothing. */
async function requireDone(
  connection: Connection,
  { model, name }: DeployedGate,
  { stack }: RollbackCommand,
  { to }: Rollback,
  exitCode: number,
): Promise<void> {
  const champion = await readAlias(connection, model, CHAMPION).catch((error: unknown) => {
    throw new UserError(`The update ended with ${exitCode}, and then: ${messageOf(error)}`);
  });
  if (exitCode === 0 && champion === to) return;
  if (champion === to) {
    throw new UserError(
      `v${to} of ${name} is champion, but the update failed after that; the messages above say why. ` +
        `Bring the rest along: npm run pulumi -- up -s ${stack}`,
    );
  }
  throw new UserError(
    `${name} was not rolled back; the messages above say why. ` +
      `The champion is ${champion === null ? "none" : `v${champion}`}.`,
  );
}
