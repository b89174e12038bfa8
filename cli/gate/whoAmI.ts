import { z } from "zod";
import { callWorkspace, type Connection } from "../../components/workspace/rest";
import { UserError } from "../shared/userError";

const user = z.object({ userName: z.string().min(1) });

/**
 * The name of who is signed in; of a service principal, its application's id.
 * https://docs.databricks.com/api/workspace/currentuser/me
 * @throws UserError if the workspace does not say it.
 */
export async function whoAmI(connection: Connection): Promise<string> {
  const path = "/api/2.0/preview/scim/v2/Me";
  const { data } = user.safeParse(await callWorkspace(connection, { method: "GET", path }));
  if (data !== undefined) return data.userName;
  throw new UserError("The workspace does not say who you are: add --by NAME.");
}
