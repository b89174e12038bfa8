import { join } from "node:path";
import { createTransport } from "nodemailer";
import { writeDurably } from "../durableFile";
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
  if (!Buffer.isBuffer(message)) throw new Error("The mail was not composed in memory.");
  writeDurably(join(folder, name), message, join(folder, `.${name}`));
  return name;
}
