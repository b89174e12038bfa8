import { createReadStream, type Dirent, type ReadStream } from "node:fs";
import { cp, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { randomUUID } from "node:crypto";
import { ApiError, invalid } from "../errors";
import type { Workspace } from "../workspace";

/** A file or folder below the artifact root. */
export interface ArtifactEntry {
  /** Relative to the artifact root, with slashes. */
  readonly path: string;
  readonly isDirectory: boolean;
  /** Bytes; 0 for a folder. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** A file's bytes as they are read. */
export interface ArtifactContent {
  readonly stream: ReadStream;
  readonly size: number;
  readonly modified: number;
}

const PARTIAL = ".partial-";

/**
 * The files of runs, logged models and model versions: the folder that MLflow's server serves as
 * `mlflow-artifacts:/`. It is used directly, so that a file is on disk and complete before it is
 * acknowledged. Paths are relative to that folder.
 */
export class ArtifactStore {
  readonly #root: string;

  constructor(workspace: Workspace) {
    this.#root = workspace.folder("mlflow", "artifacts");
  }

  /** Where `path` lies on this machine. @throws ApiError INVALID_PARAMETER_VALUE if it would be elsewhere. */
  locate(path: string): string {
    const file = resolve(this.#root, path);
    const inside = file === this.#root || file.startsWith(this.#root + sep);
    if (!inside || path.includes("\0")) throw invalid(`Invalid artifact path '${path}'.`);
    return file;
  }

  /** Writes a whole file, replacing what was there. */
  async write(path: string, content: unknown): Promise<void> {
    const file = this.locate(path);
    const partial = join(dirname(file), `${PARTIAL}${randomUUID()}`);
    await mkdir(dirname(file), { recursive: true });
    try {
      // An upload without a body reaches handlers as an empty object.
      const source = content instanceof Readable ? content : Readable.from([]);
      // Opened first: a source that breaks off at once must not leave a file that is opened later.
      const handle = await open(partial, "w");
      await pipeline(source, handle.createWriteStream({ flush: true }));
      await rename(partial, file);
      await syncFolder(dirname(file));
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }

  /** @throws ApiError NOT_FOUND unless there is such a file. */
  async read(path: string, range: { start?: number; end?: number } = {}): Promise<ArtifactContent> {
    const found = await this.find(path);
    if (found === undefined || found.isDirectory)
      throw new ApiError("NOT_FOUND", "The file being accessed is not found.");
    const stream = createReadStream(this.locate(path), range);
    return { stream, size: found.size, modified: found.modified };
  }

  /** The file or folder itself. */
  async find(path: string): Promise<ArtifactEntry | undefined> {
    try {
      const found = await stat(this.locate(path));
      return {
        path,
        isDirectory: found.isDirectory(),
        size: found.isDirectory() ? 0 : found.size,
        modified: Math.floor(found.mtimeMs),
      };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** What lies directly in a folder, by name; nothing if it does not exist or is a file. */
  async list(path: string): Promise<ArtifactEntry[]> {
    const entries = await readFolder(this.locate(path));
    const found = await Promise.all(
      entries
        .filter(({ name }) => !name.startsWith(PARTIAL))
        .map(({ name }) => this.find(path === "" ? name : `${path}/${name}`)),
    );
    return found.filter((entry) => entry !== undefined).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Copies a folder with all it holds. */
  async copy(from: string, to: string): Promise<void> {
    const source = this.locate(from);
    await cp(source, this.locate(to), {
      recursive: true,
      filter: (file) => !basename(relative(source, file)).startsWith(PARTIAL),
    });
    await syncTree(this.locate(to));
  }

  /** Removes a file or folder, if it is there. */
  async remove(path: string): Promise<void> {
    if (this.locate(path) === this.#root) throw invalid("The artifact root cannot be removed.");
    await rm(this.locate(path), { recursive: true, force: true });
  }
}

async function readFolder(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else await syncFolder(path);
  }
  await syncFolder(folder);
}

/** Works for files and folders: a folder's names are on disk only after it was synced itself. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    (error.code === "ENOENT" || error.code === "ENOTDIR")
  );
}
