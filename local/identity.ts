/** The one user of the workspace: every object is made and owned by it until told otherwise. */
export const USER = {
  id: "1000000000000001",
  userName: "local.admin@example.com",
  displayName: "Local admin",
} as const;

/** The workspace's numeric id, the one clients read from the `X-Databricks-Org-Id` header. */
export const WORKSPACE_ID = 1;

/** The groups that exist; the user is a member of each. Ids are those of no real account. */
export const GROUPS = [
  { id: "1000000000000010", displayName: "admins" },
  { id: "1000000000000011", displayName: "users" },
  { id: "1000000000000012", displayName: "account users" },
] as const;

/** The metastore that the workspace is attached to. `createdAt` is fixed, so that answers are stable. */
export const METASTORE = {
  id: "5f0c1d9e-2f5b-4e3a-9c3d-6d1b7a10ca10",
  name: "local",
  region: "local",
  createdAt: Date.UTC(2026, 0, 1),
} as const;
