import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runStep } from "../../../engine/steps";

describe("a long step", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function shown(isTTY: boolean, fails = false): Promise<string[]> {
    const writes: string[] = [];
    const output = { isTTY, write: (text: string) => writes.push(text) > 0 };
    const running = runStep(output, { name: "Build", usually: 210 }, async (detail) => {
      detail("7 packages compiled");
      await new Promise((resolve) => setTimeout(resolve, 65_000));
      if (fails) {
        throw new Error("no");
      }
    }).catch(() => undefined);
    await vi.advanceTimersByTimeAsync(65_000);
    await running;
    return writes;
  }

  it("writes a line every half minute to a log, without control characters", async () => {
    expect(await shown(false)).toEqual([
      "Build: 0:00 of usually 3:30\n",
      "Build: 0:30 of usually 3:30, 7 packages compiled\n",
      "Build: 1:00 of usually 3:30, 7 packages compiled\n",
      "Build: done in 1:05\n",
    ]);
  });

  it("keeps one line of a terminal up to date", async () => {
    const writes = await shown(true);
    expect(writes.slice(0, -1).join("")).not.toContain("\n");
    expect(writes.length).toBeGreaterThan(60);
    expect(writes.at(-1)).toBe("\r\u001b[KBuild: done in 1:05\n");
  });

  it("says that it failed", async () => {
    expect((await shown(false, true)).at(-1)).toBe("Build: failed after 1:05\n");
  });
});
