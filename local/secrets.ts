import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Workspace } from "./workspace";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a text that must be kept, so that the records hold no secret that can be read: a copy of
 * `workspace.db` is worth nothing without the `token` file, from which the key is derived.
 */
export function seal({ token }: Workspace, text: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyFrom(token), nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

/** The text that was given to {@link seal}, or undefined when it was sealed with another token. */
export function unseal({ token }: Workspace, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, "base64");
  const start = NONCE_BYTES + TAG_BYTES;
  try {
    const cipher = createDecipheriv(CIPHER, keyFrom(token), bytes.subarray(0, NONCE_BYTES));
    cipher.setAuthTag(bytes.subarray(NONCE_BYTES, start));
    return cipher.update(bytes.subarray(start), undefined, "utf8") + cipher.final("utf8");
  } catch {
    return undefined;
  }
}

function keyFrom(token: string): Buffer {
  return Buffer.from(hkdfSync("sha256", token, "", "secrets of the local workspace", 32));
}
