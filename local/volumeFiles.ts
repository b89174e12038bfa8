import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import {
  link,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
} from "node:fs/promises";
import { dirname, join, posix, sep } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ApiError, invalid } from "./errors";
import { volumeFolder } from "./unityCatalog/containers";
import { requireVolume } from "./unityCatalog/lookup";
import type { Workspace } from "./workspace";

/** What a folder holds, as the Files API lists it. */
export interface DirectoryEntry {
  readonly name: string;
  readonly path: string;
  readonly is_directory: boolean;
  /** Bytes; of files only. */
  readonly file_size?: number;
  /** Milliseconds since 1970. */
  readonly last_modified: number;
}

/**
 * Where `/Volumes/<catalog>/<schema>/<volume>/…` lies on disk.
 * @throws ApiError INVALID_PARAMETER_VALUE for a path that is no such or leaves its volume, 404 if there is no
 * such volume.
 */
export async function fileAt(workspace: Workspace, path: string): Promise<string> {
  const [empty, volumes, catalog = "", schema = "", volume = "", ...rest] = path
    .replace(/\/+$/, "")
    .split("/");
  if (empty !== "" || volumes !== "Volumes" || volume === "")
    throw invalid(`'${path}' is not a path in a volume: /Volumes/<catalog>/<schema>/<volume>/…`);
  if (rest.some((part) => part === "" || part === "." || part === ".." || part.includes("\0")))
    throw invalid(`'${path}' must not have empty parts, '.' or '..'.`);
  const record = requireVolume(workspace, `${catalog}.${schema}.${volume}`);
  const root = await realpath(volumeFolder(workspace, record.full_name));
  const target = join(root, ...rest);
  // A job may have put symbolic links into the volume's folder.
  const real = await nearest(target);
  if (real !== root && !real.startsWith(root + sep)) throw invalid(`'${path}' leaves its volume.`);
  return target;
}

/** The real path of the nearest ancestor that exists. */
async function nearest(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return nearest(dirname(path));
  }
}

/** @throws ApiError 404 NOT_FOUND unless there is a file. */
export async function statFile(
  workspace: Workspace,
  path: string,
): Promise<{ size: number; modified: Date }> {
  const found = await stat(await fileAt(workspace, path)).catch(() => undefined);
  if (found?.isFile() !== true) throw notFound("file", path);
  return { size: found.size, modified: found.mtime };
}

/** @throws ApiError 404 NOT_FOUND unless there is a folder. */
export async function statDirectory(workspace: Workspace, path: string): Promise<void> {
  const found = await stat(await fileAt(workspace, path)).catch(() => undefined);
  if (found?.isDirectory() !== true) throw notFound("directory", path);
}

/**
 * Writes a file as a whole, with the folders above it; it is on disk when this resolves.
 * @throws ApiError 409 ALREADY_EXISTS without `overwrite` if there is one, and for the path of a folder.
 */
export async function writeFile(
  workspace: Workspace,
  path: string,
  content: Readable,
  overwrite: boolean,
): Promise<void> {
  const target = await fileAt(workspace, path);
  const existing = await stat(target).catch(() => undefined);
  if (existing !== undefined && (existing.isDirectory() || !overwrite)) {
    content.resume();
    throw alreadyExists(path);
  }
  await makeFolders(path, dirname(target));
  // On the same file system, and outside the volume so that nobody lists it.
  const upload = join(workspace.folder("lakehouse", "uploads"), randomUUID());
  try {
    await pipeline(content, createWriteStream(upload, { flush: true }));
    if (overwrite) await rename(upload, target);
    else await link(upload, target);
  } catch (error) {
    throw isCode(error, "EEXIST") ? alreadyExists(path) : error;
  } finally {
    await rm(upload, { force: true });
  }
  await flush(dirname(target));
}

/** @throws ApiError 404 NOT_FOUND unless there is a file. */
export async function removeFile(workspace: Workspace, path: string): Promise<void> {
  await statFile(workspace, path);
  const target = await fileAt(workspace, path);
  await unlink(target);
  await flush(dirname(target));
}

/** Makes a folder and those above it; it may exist. @throws ApiError 409 if a file is in the way. */
export async function makeDirectory(workspace: Workspace, path: string): Promise<void> {
  await makeFolders(path, await fileAt(workspace, path));
}

/** @throws ApiError 404 NOT_FOUND unless there is a folder, DIRECTORY_NOT_EMPTY if it holds something. */
export async function removeDirectory(workspace: Workspace, path: string): Promise<void> {
  await statDirectory(workspace, path);
  const target = await fileAt(workspace, path);
  if (posix.normalize(path).split("/").filter(Boolean).length <= 4)
    throw invalid(`'${path}' is a volume's root; delete the volume instead.`);
  try {
    await rmdir(target);
  } catch (error) {
    if (!isCode(error, "ENOTEMPTY")) throw error;
    throw new ApiError("DIRECTORY_NOT_EMPTY", `The directory '${path}' is not empty.`);
  }
  await flush(dirname(target));
}

/** What a folder holds, by name. @throws ApiError 404 NOT_FOUND unless there is a folder. */
export async function listDirectory(workspace: Workspace, path: string): Promise<DirectoryEntry[]> {
  await statDirectory(workspace, path);
  const folder = await fileAt(workspace, path);
  const names = (await readdir(folder)).sort();
  const entries = names.map(async (name): Promise<DirectoryEntry[]> => {
    const found = await lstat(join(folder, name)).catch(() => undefined);
    if (found === undefined || found.isSymbolicLink()) return [];
    const is_directory = found.isDirectory();
    const about = { name, path: `${path.replace(/\/+$/, "")}/${name}`, is_directory };
    const size = is_directory ? {} : { file_size: found.size };
    return [{ ...about, ...size, last_modified: Math.floor(found.mtimeMs) }];
  });
  return (await Promise.all(entries)).flat();
}

async function makeFolders(path: string, folder: string): Promise<void> {
  let first: string | undefined;
  try {
    first = await mkdir(folder, { recursive: true });
  } catch (error) {
    if (isCode(error, "EEXIST") || isCode(error, "ENOTDIR")) throw alreadyExists(path);
    throw error;
  }
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made))
    await flush(dirname(made));
}

async function flush(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

const alreadyExists = (path: string): ApiError =>
  new ApiError("ALREADY_EXISTS", `The file or directory being created already exists: '${path}'.`);

const notFound = (what: string, path: string): ApiError =>
  new ApiError("NOT_FOUND", `The ${what} being accessed is not found: '${path}'.`);
