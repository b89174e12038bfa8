import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { signature } from "../route";
import { signedLink, type Workspace } from "../workspace";

/** Where a browser is sent to sign in. */
export const SIGN_IN = "/page/sign-in";

/** How long a printed link works, in hours. */
const LINK_HOURS = 12;
/** How long a browser stays signed in, in days. */
const SESSION_DAYS = 30;
/** What a session's signature is for. No operation of the REST interface has this path. */
const SESSION = "/page/session";

const query = z.strictObject(signature);

/**
 * A link that signs a browser in to the page. The page only shows; the REST interface takes the token
 * alone, so neither the link nor the cookie opens it.
 */
export function signInLink(workspace: { readonly url: string; readonly token: string }): string {
  return signedLink(workspace, SIGN_IN, new Date(Date.now() + LINK_HOURS * 3_600_000));
}

/** Whether a request comes by a link of {@link signInLink} that has not expired. */
export function hasValidLink(workspace: Workspace, request: FastifyRequest): boolean {
  const given = query.safeParse(request.query);
  return given.success && workspace.isSigned(SIGN_IN, given.data.expires, given.data.signature);
}

/**
 * The header that signs a browser in: no script can read the cookie, and no other site can make the
 * browser send it (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html).
 */
export function sessionCookie(workspace: Workspace): string {
  const seconds = SESSION_DAYS * 86_400;
  const signed = new URL(workspace.sign(SESSION, new Date(Date.now() + seconds * 1000)));
  const value = `${signed.searchParams.get("expires") ?? ""}.${signed.searchParams.get("signature") ?? ""}`;
  return `${cookieName(workspace)}=${value}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Strict`;
}

/** Whether a request comes from a browser that is signed in. */
export function hasSession(workspace: Workspace, request: FastifyRequest): boolean {
  const prefix = `${cookieName(workspace)}=`;
  const cookies = (request.headers.cookie ?? "").split(/; */);
  return cookies.some((cookie) => {
    if (!cookie.startsWith(prefix)) return false;
    const [expires = "", given = ""] = cookie.slice(prefix.length).split(".", 2);
    return /^\d+$/.test(expires) && workspace.isSigned(SESSION, Number(expires), given);
  });
}

/** Cookies do not tell ports apart, and two workspaces may run on this machine. */
function cookieName({ url }: Workspace): string {
  return `mlops-page-${new URL(url).port}`;
}
