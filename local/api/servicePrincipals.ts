import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ApiError, invalid, missing } from "../errors";
import { newId } from "../ids";
import { operation, type Operation } from "../route";
import { attributes, listed, listQuery, select } from "../scim";
import {
  entitlement,
  findApplication,
  servicePrincipals,
  shownPrincipal,
  type ServicePrincipal,
} from "../servicePrincipals";
import type { Workspace } from "../workspace";

const path = "/api/2.0/preview/scim/v2/ServicePrincipals";
const params = z.strictObject({ id: z.string() });
const none = z.array(z.never()).max(0).optional();

const body = z.strictObject({
  schemas: z.array(z.string()).optional(),
  id: z.string().optional(),
  applicationId: z.guid("must be the id of an application").exactOptional(),
  displayName: z.string().min(1).exactOptional(),
  active: z.boolean().default(true),
  externalId: z.string().exactOptional(),
  // The provider sends one without a name to say that there is none.
  entitlements: z
    .array(z.strictObject({ value: z.union([entitlement, z.literal("")]) }))
    .default([]),
  groups: none,
  roles: none,
});

/**
 * Service principals (https://docs.databricks.com/api/workspace/serviceprincipalsv2), such as a managed
 * identity of Azure that jobs run as. One that is registered here can be named by jobs, grants and
 * permissions; it cannot sign in: the workspace has one token.
 */
export const servicePrincipalOperations: Operation[] = [
  operation(`POST ${path}`, {
    answers: "iam.ServicePrincipal",
    body,
    handle: ({ body, workspace }) => {
      const { applicationId = randomUUID(), displayName = applicationId } = body;
      if (findApplication(workspace, applicationId) !== undefined)
        throw new ApiError(
          "RESOURCE_CONFLICT",
          // The provider compares this text: scim/resource_service_principal.go.
          `Service principal with application ID ${applicationId} already exists.`,
        );
      return put(workspace, { id: String(newId()), applicationId, displayName }, body);
    },
  }),
  operation(`GET ${path}`, {
    answers: "iam.ListServicePrincipalResponse",
    query: listQuery,
    handle: ({ query, workspace }) =>
      listed(servicePrincipals(workspace).list().map(shownPrincipal), query),
  }),
  operation(`GET ${path}/:id`, {
    answers: "iam.ServicePrincipal",
    params,
    query: z.strictObject(attributes),
    handle: ({ params: { id }, query, workspace }) =>
      select(shownPrincipal(requirePrincipal(workspace, id)), query),
  }),
  operation(`PUT ${path}/:id`, {
    answers: "raw",
    params,
    body,
    handle: ({ params: { id }, body, workspace }) => {
      const { applicationId, displayName } = requirePrincipal(workspace, id);
      if (body.applicationId !== undefined && body.applicationId !== applicationId)
        throw invalid(`applicationId of service principal '${id}' is ${applicationId}, for good.`);
      put(workspace, { id, applicationId, displayName: body.displayName ?? displayName }, body);
    },
  }),
  operation(`DELETE ${path}/:id`, {
    answers: "raw",
    params,
    handle: ({ params: { id }, workspace }) => {
      servicePrincipals(workspace).delete(requirePrincipal(workspace, id).id);
    },
  }),
];

/** @throws ApiError 404. */
function requirePrincipal(workspace: Workspace, id: string): ServicePrincipal {
  const found = servicePrincipals(workspace).get(id);
  if (found === undefined) throw missing("Service principal", id);
  return found;
}

function put(
  workspace: Workspace,
  names: Pick<ServicePrincipal, "id" | "applicationId" | "displayName">,
  { active, externalId, entitlements }: z.output<typeof body>,
) {
  const record: ServicePrincipal = {
    ...names,
    active,
    ...(externalId === undefined ? {} : { externalId }),
    entitlements: entitlements.flatMap(({ value }) => (value === "" ? [] : [value])),
  };
  servicePrincipals(workspace).put(record.id, record);
  return shownPrincipal(record);
}
