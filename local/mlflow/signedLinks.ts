import type { Workspace } from "../workspace";

const LINK_MINUTES = 60;

/** The paths of the operations that signed links lead to. */
export const SIGNED = {
  read: "/local/artifacts/read",
  write: "/local/artifacts/write",
} as const;

/** A link that reads or writes one artifact for an hour, without a token; its kind is part of what is signed. */
export function signedLink(workspace: Workspace, kind: keyof typeof SIGNED, path: string): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  const expires = new Date(Date.now() + LINK_MINUTES * 60_000);
  return workspace.sign(`${SIGNED[kind]}/${encoded}`, expires);
}
