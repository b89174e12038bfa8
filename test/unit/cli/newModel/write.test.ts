import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Change } from "../../../../cli/newModel/plan";
import { recover, writeAll } from "../../../../cli/newModel/write";
import { root as repository } from "../../../../cli/shared/paths";

const MODELS = "stacks/models.ts";
const CHANGES: readonly Change[] = [
  { path: "stacks/risk/model.ts", text: "model\n" },
  { path: "stacks/risk/tables.ts", text: "tables\n" },
  { path: "jobs/risk/load.py", text: "load\n" },
  { path: "jobs/tests/test_risk.py", text: "test\n" },
  { path: MODELS, text: "after\n", before: "before\n" },
];

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mlops-write-"));
  for (const folder of ["stacks", "jobs/tests"]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, MODELS), "before\n");
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Every folder, and every file with its text. */
function tree(): Record<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(root.length + 1), entry.isFile() ? readFileSync(path, "utf8") : "/"];
      })
      .filter(([path]) => path !== ".mlops")
      .sort(),
  ) as Record<string, string>;
}

/** Runs `writeAll` in a process of its own, which sends itself a signal after its nth file. */
function signalled(signal: "SIGKILL" | "SIGTERM" | "SIGINT", after: number) {
  const program = `
    const { writeAll } = require(${JSON.stringify(join(repository, "cli/newModel/write.ts"))});
    let files = 0;
    writeAll(${JSON.stringify(root)}, ${JSON.stringify(CHANGES)}, () => {
      files += 1;
      if (files === ${after}) process.kill(process.pid, "${signal}");
    }).catch((error) => { console.error(error.message); process.exitCode = 1; });`;
  return spawnSync(process.execPath, ["-r", "tsx/cjs", "-e", program], {
    cwd: repository,
    encoding: "utf8",
  });
}

test("all files are written, and nothing else stays", async () => {
  const order: string[] = [];
  await writeAll(root, CHANGES, (path) => order.push(path));
  expect(tree()).toMatchObject({ "jobs/risk/load.py": "load\n", [MODELS]: "after\n" });
  expect(Object.values(tree()).filter((text) => text !== "/")).toHaveLength(CHANGES.length);
  expect(order.at(-1), "what puts the others to use comes last").toBe(MODELS);
  expect(recover(root)).toBeUndefined();
});

describe("nothing stays of what does not come to its end", () => {
  let before: Record<string, string>;
  beforeEach(() => {
    before = tree();
  });

  test("a file that is there already", async () => {
    writeFileSync(join(root, "jobs/tests/test_risk.py"), "mine\n");
    before = tree();
    await expect(writeAll(root, CHANGES)).rejects.toThrow(
      "jobs/tests/test_risk.py is there already",
    );
    expect(tree()).toEqual(before);
  });

  test("a file that another has changed meanwhile", async () => {
    writeFileSync(join(root, MODELS), "other\n");
    await expect(writeAll(root, CHANGES)).rejects.toThrow(`${MODELS} has changed meanwhile`);
    expect(tree()).toEqual({ ...before, [MODELS]: "other\n" });
  });

  test.each([1, 3, 4])("a failure after file %i", async (failing) => {
    let files = 0;
    const writing = writeAll(root, CHANGES, () => {
      files += 1;
      if (files === failing) throw new Error("no space");
    });
    await expect(writing).rejects.toThrow("no space");
    expect(tree()).toEqual(before);
  });

  test("a file that cannot be made: a file stands where its folder shall be", async () => {
    writeFileSync(join(root, "jobs/risk"), "");
    before = tree();
    await expect(writeAll(root, CHANGES)).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(tree()).toEqual(before);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s between two files", (signal) => {
    const { status, stderr } = signalled(signal, 2);
    expect([status, stderr.trim()]).toEqual([1, `${signal}: nothing was written.`]);
    expect(tree()).toEqual(before);
  });

  test.each([1, 2, 4])("SIGKILL after file %i: the next run takes it back", (after) => {
    expect(signalled("SIGKILL", after).signal).toBe("SIGKILL");
    expect(tree()[MODELS], "what is there is not in use").toBe("before\n");
    expect(recover(root)).toHaveLength(after);
    expect(tree()).toEqual(before);
    expect(recover(root)).toBeUndefined();
  });
});

test("SIGKILL after the last file leaves all of it: it was complete", () => {
  expect(signalled("SIGKILL", CHANGES.length).signal).toBe("SIGKILL");
  expect(recover(root)).toEqual([]);
  expect(tree()).toMatchObject({ "stacks/risk/model.ts": "model\n", [MODELS]: "after\n" });
});

test("what somebody has changed after a kill is theirs", () => {
  signalled("SIGKILL", 3);
  writeFileSync(join(root, "jobs/risk/load.py"), "mine\n");
  expect(recover(root)).toEqual(["stacks/risk/model.ts", "stacks/risk/tables.ts"]);
  expect(tree()["jobs/risk/load.py"]).toBe("mine\n");
});

test("two at a time: the second is refused, and the first goes on", async () => {
  let second: Promise<void> | undefined;
  await writeAll(root, CHANGES, () => {
    second ??= writeAll(root, CHANGES);
    second.catch(() => undefined);
  });
  await expect(second).rejects.toThrow(/^Process \d+ is writing another model/);
  expect(existsSync(join(root, "stacks/risk/model.ts"))).toBe(true);
});
