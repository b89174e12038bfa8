import { expect, test } from "vitest";
import { withLease } from "../../../components/gate/lease/lease";
import { callWorkspace, type Connection } from "../../../components/workspace/rest";
import { field } from "../../../components/workspace/answer";
import { LeaseWorkspace } from "./leaseWorkspace";

const HOLDERS = 50;
const TIMING = { lasts: 1_500, patience: 100_000, pause: 300 };
const COUNTER = "/Shared/counter";

const isSlow = (index: number) => index % 15 === 0;
const dies = (index: number) => index % 15 === 8;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function read(connection: Connection): Promise<number> {
  const path = `/api/2.0/workspace/export?path=${COUNTER}&format=AUTO`;
  const content = field(await callWorkspace(connection, { method: "GET", path }), "content");
  return Number(Buffer.from(typeof content === "string" ? content : "", "base64").toString());
}

async function write(connection: Connection, value: number): Promise<void> {
  const content = Buffer.from(String(value)).toString("base64");
  const body = { path: COUNTER, content, format: "AUTO", overwrite: true };
  await callWorkspace(connection, { method: "POST", path: "/api/2.0/workspace/import", body });
}

/**
 * Each holder reads a number and writes the next one, which loses an update as soon as two do it at a time.
 * Calls overtake one another and lose their answers; some holders are too slow, and some die.
 */
test("fifty holders at once never work at the same time", async () => {
  const workspace = await LeaseWorkspace.start();
  workspace.write(COUNTER, "0");
  workspace.fate = (call) => ({
    delay: 10,
    ...(call !== "answer" && Math.random() < 0.02 ? { drop: "after" as const } : {}),
  });
  let working = 0;
  let written = 0;
  // Writes that ended without an answer: they may have happened.
  let unsure = 0;
  const lost: string[] = [];
  const hold = (index: number) =>
    withLease(
      workspace.connection,
      { folder: "/Shared", model: "ml.models.churn", holder: `holder ${index}` },
      async (lease) => {
        if (isSlow(index)) await wait(TIMING.lasts * 1.3);
        await lease.requireHeld();
        working += 1;
        expect(working).toBe(1);
        try {
          const next = (await read(lease.connection)) + 1;
          unsure += 1;
          await write(lease.connection, next);
          unsure -= 1;
          written += 1;
        } finally {
          working -= 1;
        }
        // A dead one does not give its lease back.
        if (dies(index)) await new Promise(() => undefined);
      },
      TIMING,
    ).catch((error: unknown) => lost.push(String(error)));
  const holders = Array.from({ length: HOLDERS }, (_, index) => hold(index));
  await Promise.all(holders.filter((_, index) => !dies(index)));
  await expect.poll(() => written + lost.length, { timeout: 60_000 }).toBe(HOLDERS);

  for (const message of lost) expect(message).toMatch(/^WorkspaceError/);
  expect(written).toBeGreaterThan(HOLDERS / 2);
  const value = await read(workspace.connection);
  expect(value).toBeGreaterThanOrEqual(written);
  expect(value).toBeLessThanOrEqual(written + unsure);
}, 120_000);
