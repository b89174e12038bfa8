import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";

/** What a token says (RFC 7519, section 4.1), as far as it matters here. */
const claims = z.object({ aud: z.string(), exp: z.number() });

/**
 * A token that expires (JWT, HS256).
 * @param key - What it is signed with.
 * @param audience - Whom it is for.
 * @param said - Further claims, e.g. `sub`.
 * @param seconds - How long it is good.
 */
export function issue(
  key: string,
  audience: string,
  said: Readonly<Record<string, string>>,
  seconds: number,
): string {
  const exp = Math.floor(Date.now() / 1000) + seconds;
  const content = [
    { alg: "HS256", typ: "JWT" },
    { ...said, aud: audience, exp },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${content}.${signatureOf(key, content)}`;
}

/** Whether `token` was signed with `key` for `audience`, and has not expired. */
export function isIssued(key: string, audience: string, token: string): boolean {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const expected = Buffer.from(signatureOf(key, `${header}.${payload}`));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const said = claims.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString()));
  return said.success && said.data.aud === audience && said.data.exp * 1000 > Date.now();
}

function signatureOf(key: string, content: string): string {
  return createHmac("sha256", key).update(content).digest("base64url");
}
