import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import type { Workspace } from "../workspace";

/** A mail before it is written. */
export interface Mail {
  /** Names the file: a mail that is written again replaces itself. */
  readonly id: string;
  /** ms */
  readonly time: number;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const composer = createTransport({ streamTransport: true, buffer: true, newline: "windows" });

/**
 * Writes a mail as Internet Message Format (RFC 5322) to `<root>/mail/<id>.eml`, where a mail program
 * opens it; none leaves this machine. It is on disk when this resolves. Gives the file's name.
 */
export async function writeMail(workspace: Workspace, mail: Mail): Promise<string> {
  const { message } = await composer.sendMail({
    from: { name: "Local workspace", address: "workspace@localhost" },
    to: [...mail.to],
    subject: mail.subject,
    date: new Date(mail.time),
    messageId: `<${mail.id}@localhost>`,
    text: mail.text,
    html: mail.html,
  });
  const folder = workspace.folder("mail");
  const name = `${mail.id}.eml`;
  const draft = join(folder, `.${name}`);
  const file = openSync(draft, "w");
  try {
    if (!Buffer.isBuffer(message)) throw new Error("The mail was not composed in memory.");
    writeSync(file, message);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, join(folder, name));
  return name;
}
