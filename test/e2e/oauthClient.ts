import { z } from "zod";
import { callWorkspace, type TokenConnection } from "../../components/workspace/rest";
import type { RunningWorkspace } from "../../local/start";

const answer = z.looseObject({ access_token: z.string() });

/** Signs in to a workspace as a service principal: somebody else than the rest of a test, whose faults are its own. */
export async function signedInAs(
  client: string,
  { url, token }: Pick<RunningWorkspace, "url" | "token">,
): Promise<TokenConnection> {
  const form = { grant_type: "client_credentials", client_id: client, client_secret: token };
  const path = "/oidc/v1/token";
  const issued = await callWorkspace({ host: url, token: "" }, { method: "POST", path, form });
  return { host: url, token: answer.parse(issued).access_token };
}
