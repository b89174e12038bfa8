import { z } from "zod";
import type { Resource } from "./scim";
import type { Collection } from "./store";
import type { Workspace } from "./workspace";

/** What a service principal may do in the workspace beside what it is granted. */
export const entitlement = z.enum([
  "allow-cluster-create",
  "allow-instance-pool-create",
  "databricks-sql-access",
  "workspace-access",
  "workspace-consume",
]);

const record = z.strictObject({
  id: z.string(),
  applicationId: z.string(),
  displayName: z.string(),
  active: z.boolean(),
  externalId: z.string().optional(),
  entitlements: z.array(entitlement),
});

export type ServicePrincipal = z.output<typeof record>;

/** The service principals that are registered here, by id. */
export const servicePrincipals = ({ store }: Workspace): Collection<ServicePrincipal> =>
  store.collection("servicePrincipals", record);

/** The service principal of an application, which grants, permissions and jobs name it by. */
export function findApplication(
  workspace: Workspace,
  applicationId: string,
): ServicePrincipal | undefined {
  return servicePrincipals(workspace)
    .list()
    .find((one) => one.applicationId.toLowerCase() === applicationId.toLowerCase());
}

/** A service principal as SCIM shows it. */
export function shownPrincipal({ entitlements, ...rest }: ServicePrincipal): Resource {
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal"],
    ...rest,
    ...(entitlements.length === 0
      ? {}
      : { entitlements: entitlements.map((value) => ({ value })) }),
  };
}
