import { z } from "zod";
import { page, paging } from "../paging";
import { operation, type Operation } from "../route";
import { rebound, type Bindable, type Binding } from "../unityCatalog/bindings";
import { changedNow, requireCatalog } from "../unityCatalog/lookup";
import { binding, catalogs } from "../unityCatalog/records";
import {
  credentials,
  locations,
  requireCredential,
  requireLocation,
} from "../unityCatalog/storage";
import type { Workspace } from "../workspace";

const changedBinding = z.strictObject({
  workspace_id: z.number().int(),
  binding_type: binding.shape.binding_type.optional(),
});
const securable = z.strictObject({
  type: z.enum(["catalog", "external_location", "storage_credential"]),
  name: z.string(),
});
const named = z.strictObject({ name: z.string() });
const ids = z.array(z.number().int());

/**
 * Which workspaces may use an isolated catalog, external location or storage credential
 * (https://docs.databricks.com/api/workspace/workspacebindings). The metastore has this one workspace, so
 * other ids are refused.
 */
export const workspaceBindingOperations: Operation[] = [
  operation("GET /api/2.1/unity-catalog/bindings/:type/:name", {
    answers: "catalog.GetWorkspaceBindingsResponse",
    params: securable,
    query: z.strictObject(paging),
    handle: ({ params, query, workspace }) => {
      const { bindings } = find(workspace, params).record;
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
      return { bindings: change(workspace, params, added, removed) };
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
    handle: ({ params: { name }, body, workspace }) => {
      const added = (body.assign_workspaces ?? []).map((workspace_id): Binding => ({
        workspace_id,
        binding_type: "BINDING_TYPE_READ_WRITE",
      }));
      const removed = body.unassign_workspaces ?? [];
      return workspacesOf({
        bindings: change(workspace, { type: "catalog", name }, added, removed),
      });
    },
  }),
];

/** The securable, and what writes it with other bindings. */
function find(workspace: Workspace, { type, name }: z.output<typeof securable>) {
  switch (type) {
    case "catalog": {
      const record = requireCatalog(workspace, name);
      return found(record, (changed) => {
        catalogs(workspace).put(record.name, changed);
      });
    }
    case "storage_credential": {
      const record = requireCredential(workspace, name);
      return found(record, (changed) => {
        credentials(workspace).put(record.name.toLowerCase(), changed);
      });
    }
    case "external_location": {
      const record = requireLocation(workspace, name);
      return found(record, (changed) => {
        locations(workspace).put(record.name, changed);
      });
    }
  }
}

function found<T extends Bindable>(record: T, put: (changed: T) => void) {
  return {
    record,
    bind: (bindings: Binding[]) => {
      put({ ...record, bindings, ...changedNow() });
    },
  };
}

function change(
  workspace: Workspace,
  securable: Parameters<typeof find>[1],
  added: readonly Binding[],
  removed: readonly number[],
): Binding[] {
  const { record, bind } = find(workspace, securable);
  const bindings = rebound(record.bindings, added, removed);
  bind(bindings);
  return bindings;
}

const workspacesOf = ({ bindings }: Pick<Bindable, "bindings">) => ({
  workspaces: bindings.map(({ workspace_id }) => workspace_id),
});
