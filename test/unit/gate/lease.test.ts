import { expect, test } from "vitest";
import { withLease, type LeaseArgs } from "../../../components/gate/lease/lease";
import { callWorkspace, type Call } from "../../../components/workspace/rest";
import { LeaseWorkspace } from "./leaseWorkspace";

/** A lease that ends so soon that a test can wait for it. */
const SHORT = { lasts: 300, patience: 10_000, pause: 20 };
/** One that also a loaded machine can work in. */
const WORK = { lasts: 900, patience: 20_000, pause: 20 };
/** One that no test waits for. */
const LONG = { lasts: 120_000, patience: 60_000, pause: 20 };
const MODEL = "ml.models.churn";
const FOLDER = `/Shared/ml/.gate/${MODEL}`;
const by = (holder: string): LeaseArgs => ({ folder: "/Shared/ml", model: MODEL, holder });
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A call that writes something. */
const folder = (path: string): Call => ({
  ...{ method: "POST", path: "/api/2.0/workspace/mkdirs" },
  body: { path },
});

/** What a dead update has left. */
const leftBy = (holder: string, lasts = SHORT.lasts) => ({
  ...{ nonce: "n", holder, by: "alice on build-7", since: "2026-11-21T20:00:00.000Z", lasts },
});

/** Takes a lease and tells how long that took, in milliseconds. */
function take(workspace: LeaseWorkspace, args: LeaseArgs, timing = SHORT): Promise<number> {
  const begun = performance.now();
  const done = () => Promise.resolve(performance.now() - begun);
  return withLease(workspace.connection, args, done, timing);
}

/** Takes the lease away from whoever has it, as another update does that found it expired. */
function takeOver(workspace: LeaseWorkspace): void {
  const highest = Math.max(0, ...numbers(workspace));
  workspace.write(`${FOLDER}/lease-${highest + 1}`, leftBy("another"));
}

function numbers(workspace: LeaseWorkspace): number[] {
  return workspace.names(FOLDER).map((name) => Number(name.replace("lease-", "")));
}

test("work is done in a folder that was not there, and its result is returned", async () => {
  const workspace = await LeaseWorkspace.start();
  const result = await withLease(workspace.connection, by("a"), async (lease) => {
    await lease.requireHeld();
    return 7;
  });
  expect(result).toBe(7);
  // One file stays, by which the numbers go on.
  expect(workspace.names(FOLDER)).toEqual(["lease-2"]);
});

test("a lease given back is had at once, and again leaves one file", async () => {
  const workspace = await LeaseWorkspace.start();
  await take(workspace, by("a"), LONG);
  await take(workspace, by("b"), LONG);
  expect(workspace.names(FOLDER)).toEqual(["lease-4"]);
});

test("the lease is given back when the work fails, with the work's own error", async () => {
  const workspace = await LeaseWorkspace.start();
  const failing = () => Promise.reject(new Error("refused"));
  await expect(withLease(workspace.connection, by("a"), failing, LONG)).rejects.toThrow("refused");
  await take(workspace, by("b"), LONG);
});

test("one waits for the other", async () => {
  const workspace = await LeaseWorkspace.start();
  const log: string[] = [];
  const work = (name: string) =>
    withLease(
      workspace.connection,
      by(name),
      async () => {
        log.push(`${name} begins`);
        await wait(100);
        log.push(`${name} ends`);
      },
      SHORT,
    );
  await Promise.all([work("a"), work("b")]);
  const [first = "", , second = ""] = log.map((line) => line.slice(0, 1));
  expect(new Set([first, second])).toEqual(new Set(["a", "b"]));
  expect(log).toEqual([`${first} begins`, `${first} ends`, `${second} begins`, `${second} ends`]);
});

test("what another gate's dead update has left is waited for until it is over", async () => {
  const workspace = await LeaseWorkspace.start();
  workspace.write(`${FOLDER}/lease-3`, leftBy("another"));
  expect(await take(workspace, by("a"), LONG)).toBeGreaterThanOrEqual(SHORT.lasts);
  expect(workspace.names(FOLDER)).toEqual(["lease-5"]);
});

test("what this gate's own dead update has left is waited for no longer than it may still write", async () => {
  const workspace = await LeaseWorkspace.start();
  workspace.write(`${FOLDER}/lease-3`, leftBy("a", LONG.lasts));
  const timing = { ...LONG, lasts: 1_200 };
  expect(await take(workspace, by("a"), timing)).toBeGreaterThanOrEqual(timing.lasts / 3);
  expect(workspace.names(FOLDER)).toEqual(["lease-5"]);
});

test("an update of the same gate that still runs cannot write any more when the next one begins", async () => {
  const workspace = await LeaseWorkspace.start();
  const timing = { ...WORK, lasts: 2_400 };
  let begun = false;
  let late = 0;
  workspace.fate = (call) => {
    if (call === "mkdirs" && begun) late += 1;
    return {};
  };
  const orphan = withLease(
    workspace.connection,
    by("a"),
    async (lease) => {
      await lease.requireHeld();
      for (;;) await callWorkspace(lease.connection, folder("/Shared/written"));
    },
    timing,
  );
  await wait(100);
  const next = withLease(
    workspace.connection,
    by("a"),
    () => {
      begun = true;
      return wait(timing.lasts / 4);
    },
    timing,
  );
  await expect(orphan).rejects.toThrow("Another update has taken the lease");
  await next;
  expect(late).toBe(0);
});

test.each(["", "no JSON", "null", '{"lasts": -1}', '{"lasts": 1e99}', '{"lasts": "NaN"}'])(
  "a file that says %j is somebody's, as long as a lease lasts",
  async (content) => {
    const workspace = await LeaseWorkspace.start();
    workspace.write(`${FOLDER}/lease-3`, content);
    expect(await take(workspace, by("unknown to it"))).toBeGreaterThanOrEqual(SHORT.lasts);
  },
);

test("who does not get it in time is told who has it, and its work is not begun", async () => {
  const workspace = await LeaseWorkspace.start();
  workspace.write(`${FOLDER}/lease-3`, leftBy("another", 3_000));
  const begun: string[] = [];
  const late = withLease(workspace.connection, by("a"), () => Promise.resolve(begun.push("work")), {
    ...SHORT,
    patience: 300,
  });
  await expect(late).rejects.toThrow(
    "Another update is promoting ml.models.churn: alice on build-7 holds its lease " +
      "since 2026-11-21T20:00:00.000Z for up to 3 s at a time. Nothing was moved; run this one again.",
  );
  expect(begun).toEqual([]);
  expect(workspace.names(FOLDER)).toEqual(["lease-3"]);
});

test("a holder that renews keeps it for longer than it lasts", async () => {
  const workspace = await LeaseWorkspace.start();
  let isHeld = true;
  const holding = withLease(
    workspace.connection,
    by("a"),
    async (lease) => {
      for (const end = Date.now() + 2 * WORK.lasts; Date.now() < end;) {
        await wait(50);
        await lease.requireHeld();
      }
      isHeld = false;
    },
    WORK,
  );
  await wait(100);
  await withLease(
    workspace.connection,
    by("b"),
    () => {
      expect(isHeld).toBe(false);
      return Promise.resolve();
    },
    WORK,
  );
  await holding;
});

test("slow work is still held if nobody took over", async () => {
  const workspace = await LeaseWorkspace.start();
  await withLease(
    workspace.connection,
    by("a"),
    async (lease) => {
      await wait(WORK.lasts * 1.5);
      await lease.requireHeld();
      await callWorkspace(lease.connection, folder("/Shared/written"));
    },
    WORK,
  );
});

test("slow work is told that somebody took over, also one that is through already", async () => {
  const workspace = await LeaseWorkspace.start();
  let isTaken = (): void => undefined;
  const taken = new Promise<void>((resolve) => (isTaken = resolve));
  const slow = withLease(
    workspace.connection,
    by("a"),
    async (lease) => {
      await taken;
      await lease.requireHeld();
    },
    WORK,
  );
  await wait(50);
  await take(workspace, by("b"), LONG);
  isTaken();
  await expect(slow).rejects.toThrow(
    "Another update has taken the lease of ml.models.churn meanwhile; run this one again.",
  );
  // What it gave back is no lease of it any more.
  await take(workspace, by("c"), LONG);
});

test("somebody who takes over between look and renewal wins", async () => {
  const workspace = await LeaseWorkspace.start();
  const losing = withLease(
    workspace.connection,
    by("a"),
    async (lease) => {
      await wait(WORK.lasts);
      workspace.fate = (call) => {
        if (call === "import") takeOver(workspace);
        return {};
      };
      await lease.requireHeld();
    },
    WORK,
  );
  await expect(losing).rejects.toThrow("Another update has taken the lease");
});

test("its writes are not begun when somebody took over, and not waited for", async () => {
  const workspace = await LeaseWorkspace.start();
  await withLease(
    workspace.connection,
    by("a"),
    async (lease) => {
      const write = (path: string) => callWorkspace(lease.connection, folder(path));
      await write("/Shared/in-time");
      workspace.fate = (call) => (call === "mkdirs" ? { hang: true } : {});
      const begun = performance.now();
      const hanging = write("/Shared/hangs");
      await wait(WORK.lasts / 4);
      takeOver(workspace);
      await expect(hanging).rejects.toThrow("Another update has taken the lease");
      expect(performance.now() - begun).toBeLessThan(WORK.lasts);
      workspace.fate = () => ({});
      await expect(write("/Shared/late")).rejects.toThrow("Another update has taken the lease");
    },
    WORK,
  );
  expect(workspace.names("/Shared").sort()).toEqual(["in-time", "ml"]);
});

test("a lost answer to its own file does not keep it waiting", async () => {
  const workspace = await LeaseWorkspace.start();
  let imports = 0;
  workspace.fate = (call) => (call === "import" && ++imports === 1 ? { drop: "after" } : {});
  await take(workspace, by("a"), LONG);
  // Sent again, and then given back.
  expect(imports).toBe(3);
});

test("whoever is overtaken between look and write waits, and leaves nothing that counts", async () => {
  const workspace = await LeaseWorkspace.start();
  let overtaken = false;
  workspace.fate = (call) => {
    if (call === "import" && !overtaken) {
      overtaken = true;
      takeOver(workspace);
    }
    return {};
  };
  expect(await take(workspace, by("a"))).toBeGreaterThanOrEqual(SHORT.lasts);
});

test("a number that others have left behind and deleted is no lease", async () => {
  const workspace = await LeaseWorkspace.start();
  let late = false;
  workspace.fate = (call) => {
    if (call === "import" && !late) {
      late = true;
      // Meanwhile others had numbers 1 to 6; what they gave back is deleted, and 7 is held.
      workspace.write(`${FOLDER}/lease-7`, leftBy("another"));
    }
    return {};
  };
  expect(await take(workspace, by("a"), LONG)).toBeGreaterThanOrEqual(SHORT.lasts);
  expect(workspace.names(FOLDER)).toEqual(["lease-9"]);
});

test.each(["import", "list", "delete"])("a release whose %s fails is harmless", async (broken) => {
  const workspace = await LeaseWorkspace.start();
  const done = await withLease(
    workspace.connection,
    by("a"),
    () => {
      workspace.fate = (call) => (call === broken ? { drop: "before" } : {});
      return Promise.resolve("done");
    },
    SHORT,
  );
  expect(done).toBe("done");
  workspace.fate = () => ({});
  await take(workspace, by("b"), LONG);
  expect(workspace.names(FOLDER)).toHaveLength(1);
});

test("a folder that cannot be read or written fails before the work", async () => {
  const workspace = await LeaseWorkspace.start();
  const begin = () => Promise.reject(new Error("begun"));
  const refused = withLease(
    { ...workspace.connection, token: "dapi-of-nobody" },
    by("a"),
    begin,
    SHORT,
  );
  await expect(refused).rejects.toThrow("answered GET /api/2.0/workspace/list with 401");
  workspace.write("/Shared/ml", "a file");
  const blocked = withLease(workspace.connection, by("a"), begin, SHORT);
  await expect(blocked).rejects.toThrow("Path (/Shared/ml) is not a folder");
});
