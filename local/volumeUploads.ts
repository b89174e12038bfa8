import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile as write } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { ApiError, invalid } from "./errors";
import { fileAt, writeFile } from "./volumeFiles";
import type { Workspace } from "./workspace";

/** What an upload in parts was begun with. */
const upload = z.strictObject({ path: z.string(), overwrite: z.boolean() });

/** One part as the client counts it, from 1, and the tag it was given for it. */
export interface Part {
  readonly part_number: number;
  readonly etag: string;
}

const folderOf = (workspace: Workspace, token: string): string =>
  join(workspace.folder("lakehouse", "uploads"), token);

/** Begins an upload in parts. @throws ApiError as `writeFile` does, so that nobody uploads in vain. */
export async function beginUpload(
  workspace: Workspace,
  path: string,
  overwrite: boolean,
): Promise<string> {
  const existing = await stat(await fileAt(workspace, path)).catch(() => undefined);
  if (existing !== undefined && !overwrite)
    throw new ApiError("ALREADY_EXISTS", `The file being created already exists: '${path}'.`);
  const token = randomUUID();
  const folder = folderOf(workspace, token);
  await mkdir(folder, { recursive: true });
  await write(join(folder, "upload.json"), JSON.stringify({ path, overwrite }));
  return token;
}

/** @throws ApiError 404 NOT_FOUND for a token that is not known or belongs to another path. */
export async function requireUpload(
  workspace: Workspace,
  token: string,
  path?: string,
): Promise<z.output<typeof upload>> {
  const known = z.uuid().safeParse(token).success;
  const text = known
    ? await readFile(join(folderOf(workspace, token), "upload.json"), "utf8").catch(() => undefined)
    : undefined;
  const found = text === undefined ? undefined : upload.parse(JSON.parse(text));
  if (found === undefined || (path !== undefined && found.path !== path))
    throw new ApiError("NOT_FOUND", `There is no upload '${token}'${path ? ` of '${path}'` : ""}.`);
  return found;
}

/** Stores one part, replacing an earlier one of that number; returns its tag. */
export async function storePart(
  workspace: Workspace,
  token: string,
  part: number,
  content: Readable,
): Promise<string> {
  await requireUpload(workspace, token);
  const hash = createHash("sha256");
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const file = join(folderOf(workspace, token), `part-${part}`);
  const temporary = `${file}.${randomUUID()}`;
  await pipeline(content, hashing, createWriteStream(temporary));
  const etag = `"${hash.digest("hex")}"`;
  await write(`${file}.etag`, etag);
  await rename(temporary, file);
  return etag;
}

/**
 * Joins the parts to the file; it is on disk when this resolves.
 * @throws ApiError INVALID_PARAMETER_VALUE unless the parts are 1 to n, each with the tag it was given.
 */
export async function completeUpload(
  workspace: Workspace,
  token: string,
  path: string,
  parts: readonly Part[],
): Promise<void> {
  const { overwrite } = await requireUpload(workspace, token, path);
  const folder = folderOf(workspace, token);
  for (const [index, { part_number, etag }] of parts.entries()) {
    const kept = await readFile(join(folder, `part-${part_number}.etag`), "utf8").catch(() => "");
    if (part_number !== index + 1 || kept !== etag)
      throw invalid(`Part ${part_number} of '${path}' was not uploaded with etag ${etag}.`);
  }
  await writeFile(workspace, path, Readable.from(joined(folder, parts.length)), overwrite);
  await abortUpload(workspace, token);
}

/** Forgets an upload and its parts. */
export async function abortUpload(workspace: Workspace, token: string): Promise<void> {
  await requireUpload(workspace, token);
  await rm(folderOf(workspace, token), { recursive: true, force: true });
}

async function* joined(folder: string, parts: number): AsyncGenerator<Buffer> {
  for (let part = 1; part <= parts; part++)
    for await (const chunk of createReadStream(join(folder, `part-${part}`)))
      yield z.instanceof(Buffer).parse(chunk);
}
