import * as pulumi from "@pulumi/pulumi";
import { rollsBackAnother } from "./rollbackRequest";

/** @throws pulumi.RunError if the gate left another version than `version`. */
export function confirmed(model: string, version: string, left: string): string {
  return sameOrRefused(model, version, left, `left ${left} as champion`);
}

/** @throws pulumi.RunError if the gate judged another version than `version`. */
export function challenged(model: string, version: string, judged: string): string {
  return sameOrRefused(model, version, judged, `judged ${judged} as challenger`);
}

function sameOrRefused(model: string, version: string, found: string, did: string): string {
  if (found === version) return version;
  // That update is told to leave this gate and its endpoint as they are, whatever waits to be promoted here.
  if (rollsBackAnother(model)) return found;
  const refusal = new pulumi.RunError(
    `Version ${version} of ${model} is not served: the promotion gate ${did}. ` +
      "Update the gate too, without --target or --exclude.",
  );
  // The SDK shows the stack of what an output throws, which is none of the user's.
  delete refusal.stack;
  throw refusal;
}
