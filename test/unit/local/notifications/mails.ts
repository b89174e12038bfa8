import { readdirSync, readFileSync } from "node:fs";
import type { Workspace } from "../../../../local/workspace";

/** A mail as a program would show it. */
export interface ReadMail {
  readonly to: string;
  readonly subject: string;
  /** The header as it is, and the body with its encoding undone. */
  readonly source: string;
}

/** The mails that a workspace has written, oldest first; a draft of one would be a failure. */
export function mailsOf(workspace: Workspace): ReadMail[] {
  const folder = workspace.folder("mail");
  return readdirSync(folder)
    .sort()
    .map((name) => {
      if (!/^\d+\.eml$/.test(name)) throw new Error(`There is a file '${name}' among the mails.`);
      const source = readFileSync(`${folder}/${name}`, "utf8");
      return { to: header(source, "To"), subject: header(source, "Subject"), source: soft(source) };
    });
}

function header(source: string, name: string): string {
  const [head = ""] = source.split("\r\n\r\n", 1);
  const unfolded = head.replace(/\r\n[ \t]/g, " ");
  const line = unfolded.split("\r\n").find((one) => one.startsWith(`${name}: `)) ?? "";
  return line
    .slice(name.length + 2)
    .replace(/\?= =\?/g, "?==?")
    .replace(/=\?UTF-8\?Q\?(.*?)\?=/g, (_, text: string) => decoded(text.replace(/_/g, " ")));
}

/** Quoted-printable undone (RFC 2045, 6.7). */
function soft(source: string): string {
  const body = source.indexOf("\r\n\r\n");
  return source.slice(0, body) + decoded(source.slice(body).replace(/=\r\n/g, ""));
}

function decoded(text: string): string {
  return text.replace(/=([0-9A-F]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
