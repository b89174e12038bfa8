import { z } from "zod";
import { missing } from "../errors";
import { GROUPS, USER, WORKSPACE_ID } from "../identity";
import { operation, type Operation } from "../route";
import { attributes, listed, listQuery, select, type Resource } from "../scim";

const userSchema = "urn:ietf:params:scim:schemas:core:2.0:User";
const groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";

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
      handle: ({ query }) => listed(items, query),
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
