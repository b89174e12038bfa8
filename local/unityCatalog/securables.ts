import { missing } from "../errors";
import { METASTORE } from "../identity";
import { requireModel } from "../models/lookup";
import type { Workspace } from "../workspace";
import { requireTable } from "./engine";
import { requireBoundCatalog, requireSchema, requireVolume } from "./lookup";
import { parentOf } from "./names";
import type { SecurableType } from "./privileges";
import { requireBoundCredential, requireBoundLocation } from "./storage";

/** Something that grants and tags can be attached to. */
export interface Securable {
  readonly type: SecurableType;
  /** Unique for all time: an object made again under the same name has another one. */
  readonly id: string;
  readonly fullName: string;
}

/** What lies in nothing that conveys privileges. */
const TOP_LEVEL: readonly SecurableType[] = [
  "metastore",
  "catalog",
  "storage_credential",
  "external_location",
];

/** @throws ApiError 404 when it, or something it lies in, does not exist. */
export async function requireSecurable(
  workspace: Workspace,
  type: SecurableType,
  name: string,
): Promise<Securable> {
  const fullName = type === "metastore" ? name : name.toLowerCase();
  return { type, id: await idOf(workspace, type, fullName), fullName };
}

/** What the securable inherits privileges from, nearest first. */
export async function ancestorsOf(
  workspace: Workspace,
  { type, fullName }: Securable,
): Promise<Securable[]> {
  if (TOP_LEVEL.includes(type)) return [];
  const parent = await requireSecurable(
    workspace,
    type === "schema" ? "catalog" : "schema",
    parentOf(fullName),
  );
  return [parent, ...(await ancestorsOf(workspace, parent))];
}

async function idOf(workspace: Workspace, type: SecurableType, name: string): Promise<string> {
  switch (type) {
    case "metastore":
      if (name !== METASTORE.id) throw missing("Metastore", name);
      return name;
    case "catalog":
      return requireBoundCatalog(workspace, name).id;
    case "schema":
      return requireSchema(workspace, name).schema_id;
    case "volume":
      return requireVolume(workspace, name).volume_id;
    case "table":
      return (await requireTable(workspace, name)).table_id;
    case "function":
      return requireModel(workspace, name).id;
    case "storage_credential":
      return requireBoundCredential(workspace, name).id;
    case "external_location":
      return requireBoundLocation(workspace, name).id;
  }
}
