import { z } from "zod";
import { missing } from "../errors";
import { objectKinds, type FindableKind } from "../objectKinds";
import { accessControl, setPermissions, shownPermissions, updatePermissions } from "../permissions";
import { operation, type Operation } from "../route";
import type { Workspace } from "../workspace";

const params = z.strictObject({ id: z.string() });
// The provider leaves the list out when it resets an object to nobody but the administrators.
const body = z.strictObject({ access_control_list: z.array(accessControl).optional() });

/**
 * Who may do what with jobs, endpoints, experiments and other workspace objects
 * (https://docs.databricks.com/api/workspace/permissions). A principal may have any name, as for grants;
 * nothing is enforced, the workspace has one user.
 */
export const permissionOperations: Operation[] = objectKinds.flatMap((kind) =>
  kind.paths.flatMap((path) => operationsOf(kind, path)),
);

function operationsOf(kind: FindableKind, path: string): Operation[] {
  return [
    operation(`GET /api/2.0/permissions/${path}/:id`, {
      answers: "iam.ObjectPermissions",
      params,
      handle: async ({ params: { id }, workspace }) => {
        await requireObject(workspace, kind, id);
        return shownPermissions(workspace, kind, id);
      },
    }),
    operation(`PUT /api/2.0/permissions/${path}/:id`, {
      answers: "iam.ObjectPermissions",
      params,
      body,
      handle: async ({ params: { id }, body, workspace }) => {
        await requireObject(workspace, kind, id);
        setPermissions(workspace, kind, id, body.access_control_list ?? []);
        return shownPermissions(workspace, kind, id);
      },
    }),
    operation(`PATCH /api/2.0/permissions/${path}/:id`, {
      answers: "iam.ObjectPermissions",
      params,
      body,
      handle: async ({ params: { id }, body, workspace }) => {
        await requireObject(workspace, kind, id);
        updatePermissions(workspace, kind, id, body.access_control_list ?? []);
        return shownPermissions(workspace, kind, id);
      },
    }),
    operation(`GET /api/2.0/permissions/${path}/:id/permissionLevels`, {
      answers: "iam.GetPermissionLevelsResponse",
      params,
      handle: async ({ params: { id }, workspace }) => {
        await requireObject(workspace, kind, id);
        return {
          permission_levels: Object.entries(kind.levels).map(([permission_level, description]) => ({
            permission_level,
            description,
          })),
        };
      },
    }),
  ];
}

async function requireObject(workspace: Workspace, kind: FindableKind, id: string): Promise<void> {
  if (!(await kind.exists(workspace, id))) throw missing(kind.type, id);
}
