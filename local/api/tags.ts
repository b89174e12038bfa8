import { z } from "zod";
import { ApiError, invalid, missing } from "../errors";
import { USER } from "../identity";
import { page, paging } from "../paging";
import { operation, type Operation } from "../route";
import { tagKeyOf, tags, type TagRecord } from "../unityCatalog/annotations";
import { requireTable } from "../unityCatalog/engine";
import { parentOf, partsOf } from "../unityCatalog/names";
import { without } from "../unityCatalog/records";
import { requireSecurable } from "../unityCatalog/securables";
import { MOST_TAGS, tagKey, tagValue } from "../unityCatalog/tagRules";
import type { Workspace } from "../workspace";

const securableOf = {
  catalogs: "catalog",
  schemas: "schema",
  tables: "table",
  volumes: "volume",
} as const;

const entity_type = z.enum(["catalogs", "schemas", "tables", "columns", "volumes"]);

const assignment = z.strictObject({
  entity_type,
  entity_name: z.string().min(1),
  tag_key: tagKey,
  tag_value: tagValue.optional(),
});
const entity = z.strictObject({ entity_type, entity_name: z.string().min(1) });
const oneTag = z.strictObject({ ...entity.shape, tag_key: z.string() });
const path = "/api/2.1/unity-catalog/entity-tag-assignments";

/**
 * Tags on catalogs, schemas, tables, columns and volumes
 * (https://docs.databricks.com/api/workspace/entitytagassignments). Registered models have tags of their
 * own, in MLflow's interface.
 */
export const tagOperations: Operation[] = [
  operation(`POST ${path}`, {
    answers: "catalog.EntityTagAssignment",
    body: assignment,
    handle: async ({ body, workspace }) => {
      const place = await placeOf(workspace, body);
      const key = tagKeyOf(place.securable_id, place.column, body.tag_key);
      if (tags(workspace).get(key) !== undefined)
        throw new ApiError(
          "ALREADY_EXISTS",
          `Tag assignment with tag key ${body.tag_key} already exists on ${body.entity_name}`,
        );
      if (tags(workspace).list(tagKeyOf(place.securable_id, place.column)).length >= MOST_TAGS)
        throw invalid(`${body.entity_name} already has ${MOST_TAGS} tags, the most there can be.`);
      const record: TagRecord = { ...place, ...body, ...updatedNow() };
      tags(workspace).put(key, record);
      return infoOf(record);
    },
  }),

  operation(`GET ${path}/:entity_type/:entity_name/tags`, {
    answers: "catalog.ListEntityTagAssignmentsResponse",
    params: entity,
    query: z.strictObject(paging),
    handle: async ({ params, query, workspace }) => {
      const place = await placeOf(workspace, params);
      const found = tags(workspace).list(tagKeyOf(place.securable_id, place.column));
      const { items, ...next } = page(found, query.max_results, query.page_token);
      return { tag_assignments: items.map(infoOf), ...next };
    },
  }),

  operation(`GET ${path}/:entity_type/:entity_name/tags/:tag_key`, {
    answers: "catalog.EntityTagAssignment",
    params: oneTag,
    handle: async ({ params, workspace }) => infoOf((await requireTag(workspace, params)).record),
  }),

  operation(`PATCH ${path}/:entity_type/:entity_name/tags/:tag_key`, {
    answers: "catalog.EntityTagAssignment",
    params: oneTag,
    // The other fields of an assignment cannot change, so `*` means the same.
    query: z.strictObject({ update_mask: z.enum(["tag_value", "*"]) }),
    body: assignment.partial(),
    handle: async ({ params, body, workspace }) => {
      for (const name of ["entity_type", "entity_name", "tag_key"] as const)
        if (body[name] !== undefined && body[name] !== params[name])
          throw invalid(`${name} '${body[name]}' cannot change; it is '${params[name]}'.`);
      const { key, record } = await requireTag(workspace, params);
      const changed = { ...record, tag_value: body.tag_value, ...updatedNow() };
      tags(workspace).put(key, changed);
      return infoOf(changed);
    },
  }),

  operation(`DELETE ${path}/:entity_type/:entity_name/tags/:tag_key`, {
    answers: "raw",
    params: oneTag,
    handle: async ({ params, workspace }) => {
      tags(workspace).delete((await requireTag(workspace, params)).key);
    },
  }),
];

const updatedNow = () => ({ update_time: new Date().toISOString(), updated_by: USER.userName });

/** Where a tag hangs: on a securable, or on a column of a table. */
async function placeOf(
  workspace: Workspace,
  { entity_type, entity_name }: z.output<typeof entity>,
): Promise<{ securable_id: string; column?: string }> {
  if (entity_type !== "columns") {
    const securable = await requireSecurable(workspace, securableOf[entity_type], entity_name);
    return { securable_id: securable.id };
  }
  const [, , , column = ""] = partsOf(entity_name, 4);
  const table = await requireTable(workspace, parentOf(entity_name));
  if (!table.columns.some(({ name }) => name.toLowerCase() === column))
    throw missing("Column", entity_name, "COLUMN_DOES_NOT_EXIST");
  return { securable_id: table.table_id, column };
}

async function requireTag(workspace: Workspace, params: z.output<typeof oneTag>) {
  const place = await placeOf(workspace, params);
  const key = tagKeyOf(place.securable_id, place.column, params.tag_key);
  const record = tags(workspace).get(key);
  if (record === undefined)
    throw missing("Tag assignment", `${params.tag_key} on ${params.entity_name}`);
  return { key, record };
}

const infoOf = (record: TagRecord) => without(record, "securable_id", "column");
