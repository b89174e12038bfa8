import { z } from "zod";
import type { Collection } from "../store";
import type { Workspace } from "../workspace";

/** What one principal may do with a securable, most recently named first to last. */
export const assignment = z.strictObject({
  principal: z.string(),
  privileges: z.array(z.string()),
});
const grantsRecord = z.strictObject({ assignments: z.array(assignment) });

/** One tag on a securable, or on a column of one. Names are kept as the caller wrote them. */
export const tagRecord = z.strictObject({
  securable_id: z.string(),
  column: z.string().optional(),
  entity_type: z.string(),
  entity_name: z.string(),
  tag_key: z.string(),
  tag_value: z.string().optional(),
  update_time: z.string(),
  updated_by: z.string(),
});

export type GrantsRecord = z.output<typeof grantsRecord>;
export type TagRecord = z.output<typeof tagRecord>;

/** Direct grants; keyed by the securable's id, so that they follow a rename and end with the object. */
export const grants = ({ store }: Workspace): Collection<GrantsRecord> =>
  store.collection("uc.grants", grantsRecord);

/** Tags; keyed by {@link tagKeyOf}. */
export const tags = ({ store }: Workspace): Collection<TagRecord> =>
  store.collection("uc.tags", tagRecord);

const ownerRecord = z.strictObject({ owner: z.string() });

/** Who owns a table, if it is not who made it; keyed by table_id. Other securables keep theirs themselves. */
export const tableOwners = ({ store }: Workspace): Collection<z.output<typeof ownerRecord>> =>
  store.collection("uc.tableOwners", ownerRecord);

/** Tag keys and column names cannot hold a line break, so the parts cannot run into each other. */
export function tagKeyOf(securableId: string, column = "", tagKey = ""): string {
  return [securableId, column, tagKey].join("\n");
}

/** Removes grants, tags and owner of a securable that is gone. */
export function forgetEverythingAbout(workspace: Workspace, securableId: string): void {
  grants(workspace).delete(securableId);
  tableOwners(workspace).delete(securableId);
  for (const tag of tags(workspace).list(`${securableId}\n`))
    tags(workspace).delete(tagKeyOf(securableId, tag.column, tag.tag_key));
}
