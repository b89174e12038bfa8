import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { callWorkspace, type Connection } from "../../components/workspace/rest";
import { UserError, messageOf } from "../shared/userError";

const path = "/local/faults";

/**
 * Makes a local workspace fail as a file says, in YAML or JSON, in the place of what an earlier one said.
 * @param file - Path of the file, or `off` for a workspace that works.
 * @returns What to tell the user.
 * @throws UserError if the file cannot be read, or what is in it is refused.
 */
export async function switchFaults(workspace: Connection, file: string): Promise<string> {
  try {
    if (file === "off") {
      await callWorkspace(workspace, { method: "DELETE", path });
      return "Faults are off.";
    }
    const body: unknown = parse(readFileSync(file, "utf8"));
    await callWorkspace(workspace, { method: "PUT", path, body });
    return `Faults are on at ${workspace.host}, as ${file} says. Off: npm run workspace -- --faults off`;
  } catch (error) {
    throw new UserError(messageOf(error));
  }
}
