import { invalid } from "../errors";
import type { Workspace } from "../workspace";
import { grants, type GrantsRecord } from "./annotations";
import { isApplicable, privilegesOf } from "./privileges";
import { ancestorsOf, type Securable } from "./securables";

export type Assignment = GrantsRecord["assignments"][number];

/** What is added to and taken from one principal, as in `PermissionsChange`. */
export interface Change {
  readonly principal: string;
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
}

/** The direct grants on a securable, of one principal if named, sorted by principal. */
export function grantsOn(
  workspace: Workspace,
  { id }: Securable,
  principal?: string,
): readonly Assignment[] {
  const { assignments } = grants(workspace).get(id) ?? { assignments: [] };
  return assignments.filter((one) => principal === undefined || one.principal === principal);
}

/**
 * Applies the changes, all or none. Removing what was not granted is no error, as on Databricks.
 * @throws ApiError INVALID_PARAMETER_VALUE for a privilege that cannot be granted on such a securable.
 */
export function changeGrants(
  workspace: Workspace,
  securable: Securable,
  changes: readonly Change[],
): readonly Assignment[] {
  for (const { add = [], remove = [] } of changes) {
    const wrong = [...add, ...remove].find((name) => !isApplicable(securable.type, name));
    if (wrong !== undefined)
      throw invalid(
        `Privilege ${wrong} is not applicable to this entity [${securable.fullName}:` +
          `${securable.type.toUpperCase()}]. Allowed are: ${privilegesOf(securable.type).join(", ")}.`,
      );
  }
  const assignments = changes.reduce(apply, grantsOn(workspace, securable));
  if (assignments.length === 0) grants(workspace).delete(securable.id);
  else grants(workspace).put(securable.id, { assignments: [...assignments] });
  return assignments;
}

function apply(
  before: readonly Assignment[],
  { principal, add = [], remove = [] }: Change,
): readonly Assignment[] {
  const held = before.find((one) => one.principal === principal)?.privileges ?? [];
  const kept = held.filter((name) => !remove.includes(name));
  const privileges = [...new Set([...kept, ...add])].sort();
  const others = before.filter((one) => one.principal !== principal);
  const after = privileges.length === 0 ? others : [...others, { principal, privileges }];
  return after.sort((a, b) => a.principal.localeCompare(b.principal));
}

/**
 * What each principal may do with a securable, directly or because of a grant on its schema or catalog.
 * An inherited privilege counts where it could also be granted directly.
 */
export async function effectiveGrantsOn(
  workspace: Workspace,
  securable: Securable,
  principal?: string,
) {
  const conveyed = [securable, ...(await ancestorsOf(workspace, securable))].flatMap((source) =>
    grantsOn(workspace, source, principal).flatMap((one) =>
      one.privileges
        .filter((name) => isApplicable(securable.type, name))
        .map((name) => ({
          principal: one.principal,
          privilege: {
            privilege: name,
            ...(source === securable
              ? {}
              : {
                  inherited_from_type: source.type.toUpperCase(),
                  inherited_from_name: source.fullName,
                }),
          },
        })),
    ),
  );
  const principals = [...new Set(conveyed.map((one) => one.principal))].sort();
  return principals.map((name) => ({
    principal: name,
    privileges: conveyed.filter((one) => one.principal === name).map((one) => one.privilege),
  }));
}
