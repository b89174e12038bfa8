import { field } from "../../workspace/answer";
import { callWorkspace, type Connection } from "../../workspace/rest";

/*
 * The files of a lease: `<folder>/.gate/<model>/lease-<number>`. That Databricks refuses an import of what
 * exists, unless it is told to overwrite, is the one exclusive write that its interface has:
 * https://docs.databricks.com/api/workspace/workspace/import
 * Asset Bundles lock a deployment by such a write too:
 * https://github.com/databricks/cli/blob/main/libs/locker/locker.go
 */

/** Where the files of a model's lease are. */
export interface LeasePlace {
  /** Folder of the workspace, e.g. `/Shared/ml`; made if it is missing. */
  readonly folder: string;
  /** Full name of the model. */
  readonly model: string;
}

/** What a file says. */
export interface LeaseEntry {
  /** Another one for each file, by which a writer knows its own. */
  readonly nonce: string;
  /** Who wrote it: the same for all updates of one gate. */
  readonly holder: string;
  /** For people: user and machine, as far as the environment says them. */
  readonly by: string;
  /** For people too, RFC 3339: nobody compares the clocks of two machines. */
  readonly since: string;
  /** How long it holds from then on, in milliseconds; 0 gives it back. */
  readonly lasts: number;
}

const FILE = /\/lease-(\d{1,15})$/;

/**
 * The numbers of the files that there are, the lowest first. Makes the folder if it is missing.
 * @throws Error if the workspace cannot be reached or refuses.
 */
export async function listLeases(connection: Connection, place: LeasePlace): Promise<number[]> {
  const path = folderOf(place);
  const answer = await callWorkspace(connection, {
    method: "GET",
    path: `/api/2.0/workspace/list?path=${encodeURIComponent(path)}`,
  });
  if (answer === undefined) {
    await callWorkspace(connection, {
      method: "POST",
      path: "/api/2.0/workspace/mkdirs",
      body: { path },
    });
  }
  const objects = field(answer, "objects");
  return (Array.isArray(objects) ? objects : [])
    .flatMap((object) => FILE.exec(String(field(object, "path")))?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/**
 * What a file says, undefined if there is none. One that says something else is somebody's, for `unclear` long.
 * @throws Error if the workspace cannot be reached or refuses.
 */
export async function readLease(
  connection: Connection,
  place: LeasePlace,
  number: number,
  unclear: number,
): Promise<LeaseEntry | undefined> {
  const path = encodeURIComponent(pathOf(place, number));
  const answer = await callWorkspace(connection, {
    method: "GET",
    path: `/api/2.0/workspace/export?path=${path}&format=AUTO`,
  });
  if (answer === undefined) return undefined;
  const said = parse(Buffer.from(String(field(answer, "content")), "base64").toString());
  const text = (name: string): string => {
    const value = field(said, name);
    return typeof value === "string" ? value : "unknown";
  };
  const lasts = Number(field(said, "lasts"));
  return {
    ...{ nonce: text("nonce"), holder: text("holder"), by: text("by"), since: text("since") },
    lasts: lasts >= 0 && lasts <= 10 * unclear ? lasts : unclear,
  };
}

/**
 * Writes a file that nobody has written yet.
 * @returns whether the workspace says that it did.
 * @throws Error if it says that the file is there, or anything else.
 */
export async function createLease(
  connection: Connection,
  place: LeasePlace,
  number: number,
  entry: LeaseEntry,
): Promise<boolean> {
  const content = Buffer.from(JSON.stringify(entry)).toString("base64");
  const answer = await callWorkspace(connection, {
    method: "POST",
    path: "/api/2.0/workspace/import",
    body: { path: pathOf(place, number), content, format: "AUTO", overwrite: false },
  });
  return answer !== undefined;
}

/** @throws Error if the workspace cannot be reached or refuses. */
export async function deleteLease(
  connection: Connection,
  place: LeasePlace,
  number: number,
): Promise<void> {
  const body = { path: pathOf(place, number), recursive: false };
  await callWorkspace(connection, { method: "POST", path: "/api/2.0/workspace/delete", body });
}

/** What a holder writes now; `lasts` in milliseconds, 0 to give the lease back. */
export function newEntry(holder: string, lasts: number): LeaseEntry {
  const { GITHUB_ACTOR, USER, USERNAME, HOSTNAME, COMPUTERNAME } = process.env;
  const user = GITHUB_ACTOR ?? USER ?? USERNAME ?? "somebody";
  const machine = HOSTNAME ?? COMPUTERNAME;
  return {
    nonce: globalThis.crypto.randomUUID(),
    holder,
    by: machine === undefined ? user : `${user} on ${machine}`,
    since: new Date().toISOString(),
    lasts,
  };
}

function folderOf({ folder, model }: LeasePlace): string {
  return `${folder}/.gate/${model}`;
}

function pathOf(place: LeasePlace, number: number): string {
  return `${folderOf(place)}/lease-${number}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
