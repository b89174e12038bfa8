import { z } from "zod";
import { missing } from "../errors";
import { METASTORE, USER, WORKSPACE_ID } from "../identity";
import { page, paging } from "../paging";
import { operation, type Operation } from "../route";

const metastore = {
  metastore_id: METASTORE.id,
  global_metastore_id: `local:${METASTORE.region}:${METASTORE.id}`,
  name: METASTORE.name,
  region: METASTORE.region,
  owner: USER.userName,
  privilege_model_version: "1.0",
  delta_sharing_scope: "INTERNAL",
  external_access_enabled: false,
  created_at: METASTORE.createdAt,
  created_by: USER.userName,
  updated_at: METASTORE.createdAt,
  updated_by: USER.userName,
};

/** The workspace's one metastore; it can be read, not changed. */
export const metastoreOperations: Operation[] = [
  operation("GET /api/2.1/unity-catalog/metastore_summary", {
    answers: "catalog.GetMetastoreSummaryResponse",
    handle: () => metastore,
  }),
  operation("GET /api/2.1/unity-catalog/current-metastore-assignment", {
    answers: "catalog.MetastoreAssignment",
    handle: () => ({ metastore_id: METASTORE.id, workspace_id: WORKSPACE_ID }),
  }),
  operation("GET /api/2.1/unity-catalog/metastores", {
    answers: "catalog.ListMetastoresResponse",
    query: z.strictObject(paging),
    handle: ({ query }) => {
      const { items, ...next } = page([metastore], query.max_results, query.page_token);
      return { metastores: items, ...next };
    },
  }),
  operation("GET /api/2.1/unity-catalog/metastores/:id", {
    answers: "catalog.MetastoreInfo",
    params: z.strictObject({ id: z.string() }),
    handle: ({ params }) => {
      if (params.id !== METASTORE.id) throw missing("Metastore", params.id);
      return metastore;
    },
  }),
];
