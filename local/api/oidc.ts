import { z } from "zod";
import { operation, type Operation } from "../route";
import { isIssued, issue } from "../tokens";
import type { Workspace } from "../workspace";

const HOUR_S = 3600;

/** OAuth's own fields (RFC 6749, section 4.4, and RFC 8693), as the provider and the SDKs send them. */
const tokenRequest = z.strictObject({
  grant_type: z.enum(["client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"]),
  scope: z.literal("all-apis").optional(),
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
  subject_token: z.string().optional(),
  subject_token_type: z.literal("urn:ietf:params:oauth:token-type:jwt").optional(),
});

/**
 * Signing in by OAuth: with a service principal's id and secret, or with the token of a platform that the
 * workspace trusts. The secret of every service principal is the workspace's token, and trusted is what is
 * signed with it (JWT, HS256) for this workspace's token endpoint.
 * https://docs.databricks.com/aws/en/dev-tools/auth/oauth-m2m
 * https://docs.databricks.com/aws/en/dev-tools/auth/oauth-federation-exchange
 */
export const oidcOperations: Operation[] = [
  operation("GET /oidc/.well-known/oauth-authorization-server", {
    answers: "raw",
    open: true,
    handle: ({ workspace }) => ({
      issuer: `${workspace.url}/oidc`,
      authorization_endpoint: `${workspace.url}/oidc/v1/authorize`,
      token_endpoint: endpointOf(workspace),
    }),
  }),
  operation("POST /oidc/v1/token", {
    answers: "raw",
    open: true,
    body: tokenRequest,
    handle: ({ workspace, body, request, reply }) => {
      const [id, secret] = basic(request.headers.authorization) ?? [
        body.client_id,
        body.client_secret,
      ];
      const isKnown =
        body.grant_type === "client_credentials"
          ? id !== undefined && secret === workspace.token
          : isIssued(workspace.token, endpointOf(workspace), body.subject_token ?? "");
      if (!isKnown) {
        // Not in the shape of the other calls: RFC 6749, section 5.2.
        const refusal = { error: "invalid_client", error_description: "Unknown client or token." };
        return reply.status(401).send(refusal);
      }
      return {
        access_token: issue(workspace.token, workspace.url, { sub: id ?? "federated" }, HOUR_S),
        token_type: "Bearer",
        scope: "all-apis",
        expires_in: HOUR_S,
      };
    },
  }),
];

function endpointOf({ url }: Workspace): string {
  return `${url}/oidc/v1/token`;
}

/** Id and secret in the header (RFC 6749, section 2.3.1). */
function basic(header: string | undefined): [string, string] | undefined {
  if (header?.startsWith("Basic ") !== true) return undefined;
  const text = Buffer.from(header.slice("Basic ".length), "base64").toString();
  const at = text.indexOf(":");
  const [id, secret] = [text.slice(0, at), text.slice(at + 1)].map(decodeURIComponent);
  return id === undefined || secret === undefined ? undefined : [id, secret];
}
