import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Journal } from "../../../local/serving/journal";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "journal-"));
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return join(path, "made", "when", "needed");
}

/** A journal that is left with its last file open, as by a kill; it is closed after the test. */
async function left(path: string, ...lines: string[]): Promise<Journal> {
  const journal = await Journal.open(path);
  for (const line of lines) await journal.append(line);
  onTestFinished(async () => {
    await journal.cut();
  });
  return journal;
}

async function linesOf(journal: Journal): Promise<string[]> {
  const texts = (await journal.cut()).map(({ path }) => readFileSync(path, "utf8"));
  return texts.join("").split("\n").slice(0, -1);
}

test("lines are there in their order, however many are added at once", async () => {
  const journal = await Journal.open(folder());
  const lines = Array.from({ length: 500 }, (_, n) => JSON.stringify({ n, text: "a\nb😀" }));
  await Promise.all(lines.map((line) => journal.append(line)));
  expect(await linesOf(journal)).toEqual(lines);
});

test("a line is in its file before it is acknowledged", async () => {
  const path = folder();
  await left(path, '{"n":1}');
  const [file = ""] = readdirSync(path);
  expect(readFileSync(join(path, file), "utf8")).toBe('{"n":1}\n');
});

test("after the process is killed, another finds the same files under the same numbers", async () => {
  const path = folder();
  const killed = await left(path, "1");
  const [first] = await killed.cut();
  await killed.append("2");
  const next = await Journal.open(path);
  expect(await linesOf(next)).toEqual(["1", "2"]);
  const [again, second] = await next.cut();
  expect(again).toEqual(first);
  expect(second).toMatchObject({ writer: first?.writer, number: 2 });
});

test("files of another writer have another writer's name, so that numbers never mean two files", async () => {
  const path = folder();
  await left(path, "1");
  const next = await Journal.open(path);
  await next.append("2");
  const writers = (await next.cut()).map(({ writer }) => writer);
  expect(new Set(writers).size).toBe(2);
});

test.each(['{"torn', "\0\0\0\0", '{"torn\n\0\0{}\n', '{"whole but not acknowledged": 1}'])(
  "what a killed process left of a line is cut off: %j",
  async (torn) => {
    const path = folder();
    await left(path, '{"n":1}');
    const [file = ""] = readdirSync(path);
    appendFileSync(join(path, file), torn);
    const next = await Journal.open(path);
    await next.append('{"n":2}');
    expect((await linesOf(next)).sort()).toEqual(['{"n":1}', '{"n":2}']);
  },
);

test("a removed file is gone, the others stay", async () => {
  const path = folder();
  const journal = await Journal.open(path);
  for (const line of ["1", "2", "3"]) {
    await journal.append(line);
    await journal.cut();
  }
  const [, second] = await journal.cut();
  if (second !== undefined) await journal.remove(second);
  expect(await linesOf(journal)).toEqual(["1", "3"]);
  expect(await linesOf(await Journal.open(path))).toEqual(["1", "3"]);
});

test("a large file is closed, and the next line begins another", async () => {
  const journal = await Journal.open(folder());
  const large = JSON.stringify("x".repeat(5 * 1024 * 1024));
  for (let i = 0; i < 4; i++) await journal.append(large);
  expect(await journal.cut()).toHaveLength(2);
});

test("a line that cannot be written is refused, and the next one is written", async () => {
  const path = folder();
  const journal = await Journal.open(path);
  await journal.append("1");
  await journal.cut();
  rmSync(path, { recursive: true });
  await expect(journal.append("2")).rejects.toThrow("ENOENT");
  expect(await journal.cut()).toHaveLength(1);
});
