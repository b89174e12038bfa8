import { z } from "zod";
import { invalid } from "./errors";
import { USER } from "./identity";
import type { Collection } from "./store";
import type { Workspace } from "./workspace";

const line = z.strictObject({
  user_name: z.string().min(1).optional(),
  group_name: z.string().min(1).optional(),
  service_principal_name: z.string().min(1).optional(),
  permission_level: z.string().min(1),
});

/** One line of an access control list. */
export type AccessControl = z.output<typeof line>;

/** The kinds of principal with their names, names in lower case as they are compared without case. */
function principals(of: AccessControl): string[] {
  return (["user_name", "group_name", "service_principal_name"] as const).flatMap((kind) => {
    const name = of[kind];
    return name === undefined ? [] : [`${kind} ${name.toLowerCase()}`];
  });
}

/** A line as callers send it: for exactly one principal. */
export const accessControl = line.refine((one) => principals(one).length === 1, {
  error: "exactly one of user_name, group_name, service_principal_name must be given",
});

const record = z.strictObject({ access_control_list: z.array(accessControl) });

/** A kind of workspace object that has an access control list. */
export interface ObjectKind {
  /** In the path of a call; the first, e.g. `sql/warehouses`, also begins the `object_id` it answers. */
  readonly paths: readonly [string, ...string[]];
  /** `object_type` in answers; the provider checks it. */
  readonly type: string;
  /** Permission levels, each with what it allows, weakest first. */
  readonly levels: Readonly<Record<string, string>>;
  /** What the administrators' group inherits its CAN_MANAGE from. */
  readonly inheritedFrom: string;
}

const keyOf = (one: AccessControl): string => principals(one).join();

const lists = ({ store }: Workspace): Collection<z.output<typeof record>> =>
  store.collection("permissions", record);

/** e.g. `/jobs/17`. */
const objectId = (kind: ObjectKind, id: string): string => `/${kind.paths[0]}/${id}`;

const hasOwner = (kind: ObjectKind): boolean => "IS_OWNER" in kind.levels;

/** What an object's list is before anybody changes it: its maker owns or manages it. */
function initial(kind: ObjectKind): AccessControl[] {
  return [
    { user_name: USER.userName, permission_level: hasOwner(kind) ? "IS_OWNER" : "CAN_MANAGE" },
  ];
}

/** The direct permissions on an object. */
export function permissionsOn(workspace: Workspace, kind: ObjectKind, id: string): AccessControl[] {
  return lists(workspace).get(objectId(kind, id))?.access_control_list ?? initial(kind);
}

/**
 * Replaces the direct permissions on an object. Of several levels for one principal the strongest counts:
 * the provider sends its user as manager and as owner of a warehouse.
 * @throws ApiError INVALID_PARAMETER_VALUE for a level the kind does not have or, where there is an owner,
 * anything but exactly one who is not a group.
 */
export function setPermissions(
  workspace: Workspace,
  kind: ObjectKind,
  id: string,
  list: readonly AccessControl[],
): void {
  const levels = Object.keys(kind.levels);
  const unknown = list.find((line) => !levels.includes(line.permission_level));
  if (unknown !== undefined)
    throw invalid(
      `Permission level ${unknown.permission_level} is not supported for ${kind.type}. ` +
        `Allowed are: ${levels.join(", ")}.`,
    );
  const strongest = new Map<string, AccessControl>();
  for (const line of list) {
    const other = strongest.get(keyOf(line));
    const weaker =
      other !== undefined &&
      levels.indexOf(line.permission_level) < levels.indexOf(other.permission_level);
    if (!weaker) strongest.set(keyOf(line), line);
  }
  const access_control_list = [...strongest.values()];
  if (hasOwner(kind)) {
    const owners = access_control_list.filter((line) => line.permission_level === "IS_OWNER");
    if (owners.length !== 1)
      throw invalid(`The ${kind.type} must have exactly one owner, not ${owners.length}.`);
    if (owners[0]?.group_name !== undefined)
      throw invalid(`Group ${owners[0].group_name} cannot be the owner of a ${kind.type}.`);
  }
  lists(workspace).put(objectId(kind, id), { access_control_list });
}

/** Adds lines, or changes the level of principals that have one; a new owner takes the place of the old. */
export function updatePermissions(
  workspace: Workspace,
  kind: ObjectKind,
  id: string,
  changes: readonly AccessControl[],
): void {
  const named = new Set(changes.map(keyOf));
  const newOwner = changes.some((line) => line.permission_level === "IS_OWNER");
  const kept = permissionsOn(workspace, kind, id).filter(
    (line) => !named.has(keyOf(line)) && !(newOwner && line.permission_level === "IS_OWNER"),
  );
  setPermissions(workspace, kind, id, [...kept, ...changes]);
}

/** The `ObjectPermissions` that callers see: the direct lines, and what the administrators inherit. */
export function shownPermissions(workspace: Workspace, kind: ObjectKind, id: string) {
  const direct = permissionsOn(workspace, kind, id).map(({ permission_level, ...principal }) => ({
    ...principal,
    ...(principal.user_name?.toLowerCase() === USER.userName
      ? { display_name: USER.displayName }
      : {}),
    all_permissions: [{ permission_level, inherited: false }],
  }));
  const inherited = {
    permission_level: "CAN_MANAGE",
    inherited: true,
    inherited_from_object: [kind.inheritedFrom],
  };
  const admins = direct.find(({ group_name }) => group_name === "admins");
  return {
    object_id: objectId(kind, id),
    object_type: kind.type,
    access_control_list: [
      ...direct.filter((line) => line !== admins),
      { group_name: "admins", all_permissions: [...(admins?.all_permissions ?? []), inherited] },
    ],
  };
}
