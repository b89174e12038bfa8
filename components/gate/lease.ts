import { createLease, deleteLease, listLeases, readLease } from "./leaseFiles";
import type { LeaseEntry, LeasePlace } from "./leaseFiles";
import { workspaceError, type Connection } from "../workspace/rest";

/*
 * One update at a time promotes a model. Setting an alias or a tag takes no condition in Databricks, the last
 * write wins; so whoever wants to write takes the lease first.
 *
 * The lease belongs to the writer of the file with the highest number. Numbers only rise, and the highest file
 * is never deleted, so whoever was asleep meanwhile finds that it has lost. A lease is taken, renewed and given
 * back by writing the next number, which one writer can do. It is free when it was given back, when its holder
 * is the one that asks, or when it stood unchanged for as long as it lasts by the clock of the one that waits:
 * no two clocks are compared.
 */

/** Where the lease is, and who takes it. */
export interface LeaseArgs extends LeasePlace {
  /**
   * A random text that one gate keeps in its state. The engine runs one update of a state at a time, so what
   * the same holder has left is of an update that was killed.
   */
  readonly holder: string;
}

/** A lease while it is held. */
export interface Lease {
  /** For the writes that need the lease: none begins, and none is waited for, when it is over. */
  readonly connection: Connection;
  /**
   * Makes sure that the lease is held, and for at least a third of the time that one lasts.
   * @throws Error if another update has taken it; what is left undone must stay so.
   */
  requireHeld(): Promise<void>;
}

/** Times of the protocol, in milliseconds. Tests shorten them. */
export interface LeaseTiming {
  /** How long a lease lasts that is not renewed. */
  readonly lasts: number;
  /** How long to wait for one at most. */
  readonly patience: number;
  /** The longest pause between two looks. */
  readonly pause: number;
}

const TIMING: LeaseTiming = { lasts: 30_000, patience: 60_000, pause: 1_000 };

/** The lease's last sixth is for a write that is on its way when the others still may not begin. */
const USABLE = 5 / 6;

/**
 * Does `work` while no other update holds the lease of the model. It is given back afterwards; if that fails,
 * it expires.
 * @throws Error whatever `work` throws; or saying who holds the lease, if it cannot be had in time.
 */
export async function withLease<T>(
  connection: Connection,
  args: LeaseArgs,
  work: (lease: Lease) => Promise<T>,
  timing: LeaseTiming = TIMING,
): Promise<T> {
  const held = await acquire(connection, args, timing);
  const lease: Lease = {
    connection: { ...connection, until: () => held.until },
    requireHeld: () => renew(connection, args, held, timing),
  };
  try {
    return await work(lease);
  } finally {
    await release(connection, args, held, timing);
  }
}

/** What the holder knows of its lease. */
interface Held {
  number: number;
  /** When it is over for its holder, as `performance.now()` counts. */
  until: number;
}

async function acquire(
  connection: Connection,
  args: LeaseArgs,
  timing: LeaseTiming,
): Promise<Held> {
  const begun = performance.now();
  let seen: { number: number; since: number; entry: LeaseEntry } | undefined;
  for (;;) {
    const number = await highest(connection, args);
    const now = performance.now();
    if (number > 0 && number !== seen?.number) {
      const entry = await readLease(connection, args, number, timing.lasts);
      seen = entry === undefined ? undefined : { number, since: performance.now(), entry };
    }
    const isFree =
      number === 0 ||
      (seen?.number === number &&
        (seen.entry.holder === args.holder || now - seen.since >= seen.entry.lasts));
    if (isFree) {
      const until = await claim(connection, args, number + 1, timing);
      if (until !== undefined) return { number: number + 1, until };
    }
    if (performance.now() - begun > timing.patience) throw occupied(args, seen?.entry);
    await new Promise((resolve) => setTimeout(resolve, timing.pause * Math.random()));
  }
}

/**
 * Writes the next file. What the workspace answers to that may be lost, or about an attempt whose answer was; so
 * what counts is what it has then.
 * @returns When the lease is over for its holder; undefined if somebody else was quicker.
 * @throws Error if the file could not be written.
 */
async function claim(
  connection: Connection,
  args: LeaseArgs,
  number: number,
  timing: LeaseTiming,
): Promise<number | undefined> {
  const until = performance.now() + timing.lasts * USABLE;
  const entry = entryOf(args, timing.lasts);
  const failure = await createLease(connection, args, number, entry).then(
    (done) => (done ? undefined : workspaceError(`${args.folder} cannot be written`)),
    (error: unknown) => (error instanceof Error ? error : workspaceError(String(error))),
  );
  const now = await highest(connection, args);
  if (now > number) return undefined;
  if (now === number) {
    const isOurs =
      failure === undefined ||
      (await readLease(connection, args, number, timing.lasts))?.nonce === entry.nonce;
    return isOurs ? until : undefined;
  }
  throw failure ?? workspaceError(`The lease of ${args.model} was written and is not there`);
}

async function renew(
  connection: Connection,
  args: LeaseArgs,
  held: Held,
  timing: LeaseTiming,
): Promise<void> {
  let isHeld = (await highest(connection, args)) === held.number;
  if (isHeld && held.until - performance.now() < timing.lasts / 3) {
    const until = await claim(connection, args, held.number + 1, timing);
    isHeld = until !== undefined;
    if (until !== undefined) Object.assign(held, { number: held.number + 1, until });
  }
  if (isHeld) return;
  throw workspaceError(
    `Another update has taken the lease of ${args.model} meanwhile; run this one again.`,
  );
}

/** Gives the lease back by a file that lasts no time, and takes the ones before it away. */
async function release(
  connection: Connection,
  args: LeaseArgs,
  { number }: Held,
  timing: LeaseTiming,
): Promise<void> {
  const end = performance.now() + timing.lasts / 3;
  const hasty: Connection = { ...connection, until: () => end };
  try {
    await createLease(hasty, args, number + 1, entryOf(args, 0));
    for (const old of await listLeases(hasty, args)) {
      if (old <= number) await deleteLease(hasty, args, old);
    }
  } catch {
    // It expires, and the next one takes away what is left.
  }
}

async function highest(connection: Connection, args: LeaseArgs): Promise<number> {
  return (await listLeases(connection, args)).at(-1) ?? 0;
}

function entryOf({ holder }: LeaseArgs, lasts: number): LeaseEntry {
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

function occupied({ model }: LeaseArgs, entry: LeaseEntry | undefined): Error {
  const who = entry === undefined ? "updates that come before this one hold" : `${entry.by} holds`;
  const when =
    entry === undefined ? "" : ` since ${entry.since} for up to ${entry.lasts / 1000} s at a time`;
  return workspaceError(
    `Another update is promoting ${model}: ${who} its lease${when}. Nothing was moved; run this one again.`,
  );
}
