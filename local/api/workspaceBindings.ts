import { z } from "zod";
import { invalid } from "../errors";
import { WORKSPACE_ID } from "../identity";
import { page, paging } from "../paging";
import { operation, type Operation } from "../route";
import { changedNow, requireCatalog } from "../unityCatalog/lookup";
import { binding, catalogs, type CatalogRecord } from "../unityCatalog/records";
import type { Workspace } from "../workspace";

type Binding = z.output<typeof binding>;

const changedBinding = z.strictObject({
  workspace_id: z.number().int(),
  binding_type: binding.shape.binding_type.optional(),
});
const securable = z.strictObject({ type: z.literal("catalog"), name: z.string() });
const named = z.strictObject({ name: z.string() });
const ids = z.array(z.number().int());

/**
 * Which workspaces may use an isolated catalog
 * (https://docs.databricks.com/api/workspace/workspacebindings). The metastore has this one workspace, so
 * other ids are refused.
 */
export const workspaceBindingOperations: Operation[] = [
  operation("GET /api/2.1/unity-catalog/bindings/:type/:name", {
    answers: "catalog.GetWorkspaceBindingsResponse",
    params: securable,
    query: z.strictObject(paging),
    handle: ({ params, query, workspace }) => {
      const { bindings } = requireCatalog(workspace, params.name);
      const { items, ...next } = page(bindings, query.max_results, query.page_token);
      return { bindings: items, ...next };
    },
  }),
  operation("PATCH /api/2.1/unity-catalog/bindings/:type/:name", {
    answers: "catalog.UpdateWorkspaceBindingsResponse",
    params: securable,
    body: z.strictObject({
      add: z.array(changedBinding).optional(),
      remove: z.array(changedBinding).optional(),
    }),
    handle: ({ params, body, workspace }) => {
      const added = (body.add ?? []).map(({ workspace_id, binding_type }) => ({
        workspace_id,
        binding_type: binding_type ?? "BINDING_TYPE_READ_WRITE",
      }));
      const removed = (body.remove ?? []).map(({ workspace_id }) => workspace_id);
      return { bindings: change(workspace, params.name, added, removed).bindings };
    },
  }),
  operation("GET /api/2.1/unity-catalog/workspace-bindings/catalogs/:name", {
    answers: "catalog.GetCatalogWorkspaceBindingsResponse",
    params: named,
    handle: ({ params, workspace }) => workspacesOf(requireCatalog(workspace, params.name)),
  }),
  operation("PATCH /api/2.1/unity-catalog/workspace-bindings/catalogs/:name", {
    answers: "catalog.UpdateCatalogWorkspaceBindingsResponse",
    params: named,
    body: z.strictObject({
      assign_workspaces: ids.optional(),
      unassign_workspaces: ids.optional(),
    }),
    handle: ({ params, body, workspace }) => {
      const added = (body.assign_workspaces ?? []).map((workspace_id): Binding => ({
        workspace_id,
        binding_type: "BINDING_TYPE_READ_WRITE",
      }));
      return workspacesOf(change(workspace, params.name, added, body.unassign_workspaces ?? []));
    },
  }),
];

function change(
  workspace: Workspace,
  name: string,
  added: readonly Binding[],
  removed: readonly number[],
): CatalogRecord {
  const foreign = [...added.map(({ workspace_id }) => workspace_id), ...removed].find(
    (id) => id !== WORKSPACE_ID,
  );
  if (foreign !== undefined)
    throw invalid(
      `Workspace ${foreign} is not assigned to the metastore; it has only ${WORKSPACE_ID}.`,
    );
  const record = requireCatalog(workspace, name);
  const gone = [...removed, ...added.map(({ workspace_id }) => workspace_id)];
  const kept = record.bindings.filter(({ workspace_id }) => !gone.includes(workspace_id));
  const changed = { ...record, bindings: [...kept, ...added], ...changedNow() };
  catalogs(workspace).put(record.name, changed);
  return changed;
}

const workspacesOf = ({ bindings }: CatalogRecord) => ({
  workspaces: bindings.map(({ workspace_id }) => workspace_id),
});
