/*
 * One update of a gate in a process of its own, for tests that kill it: what the engine's process for dynamic
 * providers does. Reads the provider's configuration, the gate's state and its new inputs from standard input.
 */
import { json } from "node:stream/consumers";
import { z } from "zod";
import { GateProvider } from "../../components/gate/provider";
import type { GateInputs, GateOutputs } from "../../components/gate/record";
import { startedProvider } from "../unit/startedProvider";

/** What {@link GateProvider.update} is called with. */
export interface GateUpdate {
  readonly config: Readonly<Record<string, string>>;
  readonly state: GateOutputs;
  readonly news: GateInputs;
}

const given = z.custom<GateUpdate>((value) => typeof value === "object" && value !== null);

async function main(): Promise<void> {
  const { config, state, news } = given.parse(await json(process.stdin));
  const provider = await startedProvider(new GateProvider(), config);
  await provider.update(state.model, state, news);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
