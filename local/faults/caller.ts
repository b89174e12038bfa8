import type { FastifyRequest } from "fastify";
import { z } from "zod";

/** The subject of a token, RFC 7519, section 4.1.2. */
const claims = z.object({ sub: z.string() });

/**
 * Who has signed a request, for the scope of rules: the client id of a token that was got by OAuth, which is
 * another one after an hour, else what was sent. Where a token is needed, it has been checked before.
 */
export function callerOf({ headers }: FastifyRequest): string {
  const token = (headers.authorization ?? "").replace(/^Bearer /, "");
  const [, payload] = token.split(".");
  try {
    const text = Buffer.from(payload ?? "", "base64url").toString();
    return `client ${claims.parse(JSON.parse(text)).sub}`;
  } catch {
    return token;
  }
}
