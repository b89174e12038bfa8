import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { writeDurably } from "./durableFile";
import { ApiError, invalid } from "./errors";
import { USER } from "./identity";
import { newId } from "./ids";
import type { Collection } from "./store";
import type { Workspace } from "./workspace";

/** The languages a notebook can have. */
export const languages = ["PYTHON", "SQL", "SCALA", "R"] as const;

const objectRecord = z.strictObject({
  /** Absolute, without the `/Workspace` prefix. */
  path: z.string(),
  object_id: z.number(),
  object_type: z.enum(["DIRECTORY", "FILE", "NOTEBOOK"]),
  language: z.enum(languages).optional(),
  created_at: z.number(),
  modified_at: z.number(),
  size: z.number(),
});

/** What the workspace tree holds at one path. Times in ms, size in bytes. */
export type WorkspaceObject = z.infer<typeof objectRecord>;

/** Folders that every Databricks workspace has. */
const builtIn = ["/", "/Shared", "/Users", `/Users/${USER.userName}`];

/**
 * The tree of workspace files: its records in the store, the contents on disk below
 * `<root>/workspace-files`, where the tasks of a job run them.
 */
export class WorkspaceFiles {
  readonly #objects: Collection<WorkspaceObject>;
  readonly #folder: string;
  readonly #staging: string;

  constructor(workspace: Workspace) {
    this.#objects = workspace.store.collection("workspace.objects", objectRecord);
    this.#folder = workspace.folder("workspace-files");
    // On the same file system, so that a finished file gets its name in one step.
    this.#staging = workspace.folder("workspace-files.staging");
    for (const path of builtIn) if (!this.#objects.get(path)) this.#addFolder(path);
  }

  /** @throws ApiError 404 `RESOURCE_DOES_NOT_EXIST` */
  get(path: string): WorkspaceObject {
    const found = this.#objects.get(path);
    if (found === undefined)
      throw new ApiError("RESOURCE_DOES_NOT_EXIST", `Path (${path}) doesn't exist.`);
    return found;
  }

  /** The children of a folder by name, or the object itself if it is none. */
  list(path: string): WorkspaceObject[] {
    const object = this.get(path);
    if (object.object_type !== "DIRECTORY") return [object];
    return this.#below(path).filter((child) => dirname(child.path) === path);
  }

  /** The folder on this machine that stands for `/Workspace`. */
  get root(): string {
    return this.#folder;
  }

  /** Where an object's content lies on this machine. */
  locate(path: string): string {
    return join(this.#folder, path);
  }

  read(path: string): Buffer {
    return readFileSync(this.locate(path));
  }

  /** Makes a folder and those above it; does nothing if it is there. */
  makeFolder(path: string): void {
    for (const folder of lineage(path)) {
      const found = this.#objects.get(folder);
      if (found === undefined) this.#addFolder(folder);
      else if (found.object_type !== "DIRECTORY")
        throw new ApiError("RESOURCE_ALREADY_EXISTS", `Path (${folder}) is not a folder.`);
    }
  }

  /** Writes a file, or a notebook if it has a language; on disk when this returns. */
  write(
    path: string,
    content: Uint8Array,
    options: { overwrite: boolean; language?: (typeof languages)[number] },
  ): void {
    const type = options.language === undefined ? "FILE" : "NOTEBOOK";
    const old = this.#objects.get(path);
    if (old !== undefined && !options.overwrite)
      throw new ApiError("RESOURCE_ALREADY_EXISTS", `Path (${path}) already exists.`);
    if (old !== undefined && old.object_type !== type)
      throw invalid(
        `Cannot overwrite the asset at ${path} due to type mismatch (asked: ${type}, actual: ${old.object_type}).`,
      );
    const parent = this.#objects.get(dirname(path));
    if (parent?.object_type !== "DIRECTORY")
      throw new ApiError(
        "RESOURCE_DOES_NOT_EXIST",
        `The parent folder (${dirname(path)}) does not exist.`,
      );
    this.#persist(this.locate(path), content);
    const now = Date.now();
    this.#objects.put(path, {
      path,
      object_id: old?.object_id ?? newId(),
      object_type: type,
      ...(options.language === undefined ? {} : { language: options.language }),
      created_at: old?.created_at ?? now,
      modified_at: now,
      size: content.byteLength,
    });
  }

  /** @throws ApiError 400 `DIRECTORY_NOT_EMPTY`, unless `recursive` */
  remove(path: string, recursive: boolean): void {
    if (builtIn.includes(path))
      throw new ApiError("DIRECTORY_PROTECTED", `Folder ${path} is protected.`);
    this.get(path);
    const below = this.#below(path);
    if (below.length > 0 && !recursive)
      throw new ApiError("DIRECTORY_NOT_EMPTY", `Folder (${path}) is not empty.`);
    for (const object of [...below.reverse(), { path }]) this.#objects.delete(object.path);
    rmSync(this.locate(path), { recursive: true, force: true });
  }

  #below(path: string): WorkspaceObject[] {
    return this.#objects
      .list(path === "/" ? "/" : `${path}/`)
      .filter((object) => object.path !== path);
  }

  #addFolder(path: string): void {
    mkdirSync(this.locate(path), { recursive: true });
    const now = Date.now();
    this.#objects.put(path, {
      path,
      object_id: newId(),
      object_type: "DIRECTORY",
      created_at: now,
      modified_at: now,
      size: 0,
    });
  }

  #persist(target: string, content: Uint8Array): void {
    const staged = join(this.#staging, `${process.pid}-${basename(target)}`);
    writeDurably(target, content, staged);
  }
}

const opened = new WeakMap<Workspace, WorkspaceFiles>();

/** The workspace's file tree. */
export function filesOf(workspace: Workspace): WorkspaceFiles {
  const files = opened.get(workspace) ?? new WorkspaceFiles(workspace);
  opened.set(workspace, files);
  return files;
}

/**
 * The absolute path without `/Workspace`, which Databricks accepts with and without, or refuses it:
 * relative, or with an empty, `.` or `..` part.
 */
export function workspacePath(given: string): string {
  const path = given.length > 1 ? given.replace(/\/$/, "") : given;
  const bare = path === "/Workspace" ? "/" : path.replace(/^\/Workspace(?=\/)/, "");
  const parts = bare.split("/").slice(1);
  const proper =
    bare === "/" || (bare.startsWith("/") && !parts.some((p) => ["", ".", ".."].includes(p)));
  if (!proper || bare.includes("\0"))
    throw invalid(`Path (${given}) is not an absolute workspace path such as /Shared/jobs.`);
  return bare;
}

/** `/a/b` → `/`, `/a`, `/a/b` */
function lineage(path: string): string[] {
  return path === "/" ? ["/"] : [...lineage(dirname(path)), path];
}
