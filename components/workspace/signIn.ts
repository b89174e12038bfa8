import * as pulumi from "@pulumi/pulumi";
import { programConnection } from "./programConnection";
import { callWorkspace } from "./rest";

/**
 * Asks the workspace who is calling, so that a wrong address or sign-in is one message before anything
 * is deployed, instead of one for each resource.
 * @throws pulumi.RunError saying what is missing, or how the workspace refuses.
 */
export async function signIn(): Promise<void> {
  try {
    const connection = await programConnection();
    const path = "/api/2.0/preview/scim/v2/Me";
    const me = await callWorkspace(connection, { method: "GET", path });
    if (me === undefined) throw new Error(`${connection.host} is no workspace: it has no ${path}.`);
  } catch (error) {
    throw new pulumi.RunError(error instanceof Error ? error.message : String(error));
  }
}
