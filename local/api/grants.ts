import { z } from "zod";
import { invalid } from "../errors";
import { page } from "../paging";
import { operation, queryInt, type Operation } from "../route";
import { changeGrants, effectiveGrantsOn, grantsOn } from "../unityCatalog/grants";
import { privilege, securableType } from "../unityCatalog/privileges";
import { requireSecurable } from "../unityCatalog/securables";

const params = z.strictObject({ type: securableType, full_name: z.string() });
const query = z.strictObject({
  principal: z.string().optional(),
  max_results: queryInt.min(0).optional(),
  page_token: z.string().optional(),
});

/**
 * A page, under the name that the answer gives it. Databricks refuses sizes that might not hold one
 * principal's privileges, and returns all if unasked.
 */
function paged(
  name: string,
  items: readonly unknown[],
  { max_results, page_token }: z.output<typeof query>,
) {
  if (max_results !== undefined && max_results > 0 && max_results < 150)
    throw invalid(`max_results must be 0 or at least 150, not ${max_results}.`);
  const size = max_results ?? Math.max(items.length, 1);
  const { items: assignments, ...next } = page(items, size, page_token);
  return { [name]: assignments, ...next };
}

/**
 * Grants (https://docs.databricks.com/api/workspace/grants). A principal may be any user, group or service
 * principal name: the workspace has one user and enforces nothing, so it cannot tell a wrong one.
 */
export const grantOperations: Operation[] = [
  operation("GET /api/2.1/unity-catalog/permissions/:type/:full_name", {
    answers: "catalog.GetPermissionsResponse",
    params,
    query,
    handle: async ({ params: { type, full_name }, query, workspace }) => {
      const securable = await requireSecurable(workspace, type, full_name);
      return paged("privilege_assignments", grantsOn(workspace, securable, query.principal), query);
    },
  }),
  operation("PATCH /api/2.1/unity-catalog/permissions/:type/:full_name", {
    answers: "catalog.UpdatePermissionsResponse",
    params,
    body: z.strictObject({
      changes: z
        .array(
          z.strictObject({
            principal: z.string().min(1),
            add: z.array(privilege).optional(),
            remove: z.array(privilege).optional(),
          }),
        )
        .optional(),
      omit_permissions_in_response: z.boolean().optional(),
    }),
    handle: async ({ params: { type, full_name }, body, workspace }) => {
      const securable = await requireSecurable(workspace, type, full_name);
      const privilege_assignments = changeGrants(workspace, securable, body.changes ?? []);
      return body.omit_permissions_in_response === true ? {} : { privilege_assignments };
    },
  }),
  operation("GET /api/2.1/unity-catalog/privilege-assignments/:type/:full_name", {
    answers: "catalog.ListPrivilegeAssignmentsResponse",
    params,
    query,
    handle: async ({ params: { type, full_name }, query, workspace }) => {
      const securable = await requireSecurable(workspace, type, full_name);
      return paged("privilege_assignments", grantsOn(workspace, securable, query.principal), query);
    },
  }),
  operation("GET /api/2.1/unity-catalog/effective-permissions/:type/:full_name", {
    answers: "catalog.EffectivePermissionsList",
    params,
    query,
    handle: async ({ params: { type, full_name }, query, workspace }) => {
      const securable = await requireSecurable(workspace, type, full_name);
      const found = await effectiveGrantsOn(workspace, securable, query.principal);
      return paged("privilege_assignments", found, query);
    },
  }),
  operation("GET /api/2.1/unity-catalog/effective-privilege-assignments/:type/:full_name", {
    answers: "catalog.ListEffectivePrivilegeAssignmentsResponse",
    params,
    query,
    handle: async ({ params: { type, full_name }, query, workspace }) => {
      const securable = await requireSecurable(workspace, type, full_name);
      const found = await effectiveGrantsOn(workspace, securable, query.principal);
      return paged("effective_privilege_assignments", found, query);
    },
  }),
];
