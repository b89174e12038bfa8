import { z } from "zod";
import { invalid, missing } from "../errors";
import { GROUPS, USER, WORKSPACE_ID } from "../identity";
import { operation, queryInt, type Operation } from "../route";

const userSchema = "urn:ietf:params:scim:schemas:core:2.0:User";
const groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";
const listSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

const attributes = { attributes: z.string().optional(), excludedAttributes: z.string().optional() };

const listQuery = z.strictObject({
  ...attributes,
  filter: z.string().optional(),
  startIndex: queryInt.min(1).optional(),
  count: queryInt.min(0).optional(),
  sortBy: z.enum(["id", "userName", "displayName"]).optional(),
  sortOrder: z.enum(["ascending", "descending"]).optional(),
});

type Resource = Readonly<Record<string, unknown>> & { readonly id: string };

/** The user as SCIM shows it (RFC 7643, section 4.1). */
const user: Resource = {
  schemas: [userSchema],
  id: USER.id,
  userName: USER.userName,
  displayName: USER.displayName,
  active: true,
  name: { givenName: "Local", familyName: "admin" },
  emails: [{ type: "work", value: USER.userName, primary: true }],
  groups: GROUPS.filter((group) => group.displayName !== "account users").map((group) => ({
    display: group.displayName,
    type: "direct",
    value: group.id,
    $ref: `Groups/${group.id}`,
  })),
  entitlements: [
    { value: "allow-cluster-create" },
    { value: "workspace-access" },
    { value: "databricks-sql-access" },
  ],
};

const groups: readonly Resource[] = GROUPS.map((group) => ({
  schemas: [groupSchema],
  id: group.id,
  displayName: group.displayName,
  meta: { resourceType: group.displayName === "account users" ? "Group" : "WorkspaceGroup" },
  members: [{ display: USER.displayName, value: USER.id, $ref: `Users/${USER.id}` }],
}));

/**
 * Who is calling, the people and groups that exist (SCIM 2.0, RFC 7644), and the discovery document that
 * SDKs read before they sign in.
 */
export const identityOperations: Operation[] = [
  operation("GET /.well-known/databricks-config", {
    answers: "raw",
    open: true,
    handle: ({ workspace }) => ({
      oidc_endpoint: `${workspace.url}/oidc`,
      workspace_id: String(WORKSPACE_ID),
      host_type: "WORKSPACE_HOST",
    }),
  }),
  operation("GET /api/2.0/preview/scim/v2/Me", {
    answers: "iam.User",
    query: z.strictObject(attributes),
    handle: ({ query, reply }) => {
      // Provider and SDKs learn the workspace's id from this header alone.
      void reply.header("X-Databricks-Org-Id", String(WORKSPACE_ID));
      return select(user, query);
    },
  }),
  ...family("Users", "iam.User", [user]),
  ...family("Groups", "iam.Group", groups),
];

function family(name: "Users" | "Groups", answers: string, items: readonly Resource[]) {
  return [
    operation(`GET /api/2.0/preview/scim/v2/${name}`, {
      answers: `iam.List${name}Response`,
      query: listQuery,
      handle: ({ query }) => {
        const found = sort(matching(items, query.filter), query.sortBy, query.sortOrder);
        const start = query.startIndex ?? 1;
        const shown = found.slice(start - 1, start - 1 + (query.count ?? 100));
        return {
          schemas: [listSchema],
          totalResults: found.length,
          startIndex: start,
          itemsPerPage: shown.length,
          Resources: shown.map((item) => select(item, query)),
        };
      },
    }),
    operation(`GET /api/2.0/preview/scim/v2/${name}/:id`, {
      answers,
      params: z.strictObject({ id: z.string() }),
      query: z.strictObject(attributes),
      handle: ({ params, query }) => {
        const item = items.find(({ id }) => id === params.id);
        if (item === undefined) throw missing(name.slice(0, -1), params.id);
        return select(item, query);
      },
    }),
  ];
}

/** `attr eq "value"`, the one form of SCIM filter that the provider and the SDKs' helpers use. */
function matching(items: readonly Resource[], filter: string | undefined): readonly Resource[] {
  if (filter === undefined || filter === "") return items;
  const parsed = /^(id|userName|displayName) eq (?:"([^"]*)"|'([^']*)'|(\S+))$/i.exec(
    filter.trim(),
  );
  if (parsed === null)
    throw invalid(`filter '${filter}' is not of the form: id, userName or displayName eq "value".`);
  const [, attribute = "", ...values] = parsed;
  // Only one of the three forms of quoting has matched; the others are undefined and join as nothing.
  const value = values.join("");
  return items.filter((item) => {
    const own = Object.entries(item).find(
      ([key]) => key.toLowerCase() === attribute.toLowerCase(),
    )?.[1];
    return typeof own === "string" && own.toLowerCase() === value.toLowerCase();
  });
}

function sort(
  items: readonly Resource[],
  by = "id",
  order: "ascending" | "descending" = "ascending",
): Resource[] {
  const sign = order === "ascending" ? 1 : -1;
  return [...items].sort((a, b) => sign * String(a[by]).localeCompare(String(b[by])));
}

/** Keeps or leaves out attributes as asked; `id` and `schemas` are always returned (RFC 7644, 3.9). */
function select(
  item: Resource,
  query: { attributes?: string | undefined; excludedAttributes?: string | undefined },
): Record<string, unknown> {
  const names = (list: string) => list.split(",").map((name) => name.trim().split(".")[0]);
  const fixed = ["id", "schemas"];
  return Object.fromEntries(
    Object.entries(item).filter(([key]) => {
      if (fixed.includes(key)) return true;
      if (query.attributes && !names(query.attributes).includes(key)) return false;
      return !(query.excludedAttributes && names(query.excludedAttributes).includes(key));
    }),
  );
}
