import { createLease, deleteLease, listLeases, newEntry, readLease } from "./leaseFiles";
import type { LeaseEntry, LeasePlace } from "./leaseFiles";
import { WorkspaceError, type Connection } from "../../workspace/rest";

/*
 * One update at a time promotes a model. Setting an alias or a tag takes no condition in Databricks, the last
 * write wins; so whoever wants to write takes the lease first.
 *
 * The lease belongs to the writer of the file with the highest number. Numbers only rise, and the highest file
 * is never deleted, so whoever was asleep meanwhile finds that it has lost. A lease is taken, renewed and given
 * back by writing the next number, which one writer can do. It is free when it was given back, or stood
 * unchanged for as long as it lasts by the clock of the one that waits: no two clocks are compared.
 *
 * Writes end soon after the holder has looked whether it still is one. So one that takes over what its own
 * gate has left need not wait for the end of that lease, but only for the end of such writes: the update that
 * left it was killed, but what it started may run on, or the state was copied and lives twice.
 */

/** Where the lease is, and who takes it. */
export interface LeaseArgs extends LeasePlace {
  /** A random text that a gate keeps in its state, by which it knows what its own updates have left. */
  readonly holder: string;
}

/** A lease while it is held. */
export interface Lease {
  /**
   * For whatever must not happen without the lease: looks again, where the last look was a while ago, before
   * each call, and waits for none longer than a quarter of the time that a lease lasts, 7.5 s.
   */
  readonly connection: Connection;
  /**
   * Makes sure that the lease is held, and renews it in time. Before what matters most.
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

/** Shares of the time that a lease lasts: how long after a look a write may end, */
const WRITING = 1 / 4;
/** after which none is on its way any more, */
const SILENCE = 1 / 3;
/** and the age at which it is renewed, so that the last write ends in time. */
const RENEWAL = 2 / 3;

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
  const requireHeld = () => renew(connection, args, held, timing);
  const writing = timing.lasts * WRITING;
  const until = async () => {
    if (performance.now() - held.checked > writing / 2) await requireHeld();
    return held.checked + writing;
  };
  const lease: Lease = { connection: { ...connection, until }, requireHeld };
  try {
    return await work(lease);
  } finally {
    await release(connection, args, held, timing);
  }
}

/** What the holder knows of its lease; times as `performance.now()` counts, before the call was sent. */
interface Held {
  number: number;
  /** When its file was written. */
  claimed: number;
  /** When it last looked whether it is the highest. */
  checked: number;
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
    if (number > 0 && number !== seen?.number) {
      const entry = await readLease(connection, args, number, timing.lasts);
      seen = entry === undefined ? undefined : { number, since: performance.now(), entry };
    }
    const current = seen?.number === number ? seen : undefined;
    const isFree =
      current !== undefined && performance.now() - current.since >= current.entry.lasts;
    const isOwn = current?.entry.holder === args.holder;
    if (number === 0 || isFree || isOwn) {
      const held = await claim(connection, args, number + 1, timing);
      if (held !== undefined) {
        if (isOwn && !isFree) await pause(timing.lasts * SILENCE);
        return held;
      }
    }
    if (performance.now() - begun > timing.patience) throw occupied(args, seen?.entry);
    await pause(timing.pause * Math.random());
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * Writes the next file. What the workspace answers to that may be lost, or about an attempt whose answer was; so
 * what counts is what it has then.
 * @returns undefined if somebody else was quicker.
 * @throws Error if the file could not be written.
 */
async function claim(
  connection: Connection,
  args: LeaseArgs,
  number: number,
  timing: LeaseTiming,
): Promise<Held | undefined> {
  const claimed = performance.now();
  const entry = newEntry(args.holder, timing.lasts);
  const failure = await createLease(connection, args, number, entry).then(
    (done) => (done ? undefined : new WorkspaceError(`${args.folder} cannot be written`)),
    (error: unknown) => (error instanceof Error ? error : new WorkspaceError(String(error))),
  );
  const now = await highest(connection, args);
  if (now > number) return undefined;
  if (now === number) {
    const isOurs =
      failure === undefined ||
      (await readLease(connection, args, number, timing.lasts))?.nonce === entry.nonce;
    return isOurs ? { number, claimed, checked: claimed } : undefined;
  }
  throw failure ?? new WorkspaceError(`The lease of ${args.model} was written and is not there`);
}

async function renew(
  connection: Connection,
  args: LeaseArgs,
  held: Held,
  timing: LeaseTiming,
): Promise<void> {
  const checked = performance.now();
  if ((await highest(connection, args)) === held.number) {
    const isFresh = checked - held.claimed < timing.lasts * RENEWAL;
    const renewed = isFresh ? held : await claim(connection, args, held.number + 1, timing);
    if (renewed !== undefined) {
      Object.assign(held, renewed, { checked: isFresh ? checked : renewed.claimed });
      return;
    }
  }
  throw new WorkspaceError(
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
  const end = performance.now() + timing.lasts * SILENCE;
  const hasty: Connection = { ...connection, until: () => Promise.resolve(end) };
  try {
    await createLease(hasty, args, number + 1, newEntry(args.holder, 0));
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

function occupied({ model }: LeaseArgs, entry: LeaseEntry | undefined): Error {
  const who = entry === undefined ? "updates that come before this one hold" : `${entry.by} holds`;
  const when =
    entry === undefined ? "" : ` since ${entry.since} for up to ${entry.lasts / 1000} s at a time`;
  return new WorkspaceError(
    `Another update is promoting ${model}: ${who} its lease${when}. Nothing was moved; run this one again.`,
  );
}
