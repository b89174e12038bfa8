/** A part of a comment that can be cut between its items, and only there. */
export interface Block {
  /** Lines before the items; they stay together with at least one item. */
  readonly before: string;
  readonly items: readonly string[];
  readonly after: string;
  /** The smaller, the longer a block keeps its items when there is too little room. */
  readonly rank: number;
  /** The line in the place of items that are left out. */
  readonly rest: (left: number) => string;
}

/** A text without items, that is there or not. */
export function whole(text: string, rank: number): Block {
  return { before: "", items: [text], after: "", rank, rest: () => "" };
}

/**
 * Joins blocks, in order, to a text of at most `budget` bytes of UTF-8. What does not fit is left out by whole items,
 * from the blocks of the highest rank first.
 * @returns `cut`: whether anything was left out.
 */
export function fit(
  blocks: readonly Block[],
  budget: number,
): { readonly text: string; readonly cut: boolean } {
  const kept = new Map<Block, number>();
  let room = budget;
  for (const block of [...blocks].sort((a, b) => a.rank - b.rank)) {
    const frame = bytes(render(block, 0)) + SEPARATOR;
    const sizes = block.items.map((item) => bytes(item) + 1);
    let count = 0;
    let left = room - frame;
    while (count < sizes.length && left >= (sizes[count] ?? 0)) {
      left -= sizes[count] ?? 0;
      count += 1;
    }
    if (count === 0) continue;
    kept.set(block, count);
    room = left;
  }
  const shown = blocks.flatMap((block) => {
    const count = kept.get(block);
    return count === undefined ? [] : [render(block, count)];
  });
  return {
    text: shown.join("\n\n"),
    cut: blocks.some((block) => kept.get(block) !== block.items.length),
  };
}

/** Bytes of what stands between two blocks. */
const SEPARATOR = 2;

function render({ before, items, after, rest }: Block, count: number): string {
  const left = items.length - count;
  const lines = [...items.slice(0, count), left === 0 ? "" : rest(left), after];
  const body = lines.filter((line) => line !== "").join("\n");
  return before === "" ? body : `${before}\n${body}`;
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
