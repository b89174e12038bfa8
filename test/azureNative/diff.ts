import { isDeepStrictEqual } from "node:util";
import { isBag, plain, under, type Bag } from "./values";

/** How a property changed. */
export type Change = "add" | "update" | "delete";

/**
 * The paths that differ between two bags of inputs. A value that is not known yet differs from every
 * known one.
 */
export function changesBetween(olds: Bag, news: Bag): ReadonlyMap<string, Change> {
  const changes = new Map<string, Change>();
  compare(plain(olds), plain(news), "", changes);
  return changes;
}

function compare(
  before: unknown,
  after: unknown,
  path: string,
  changes: Map<string, Change>,
): void {
  if (isDeepStrictEqual(before, after)) return;
  if (before === undefined || after === undefined) {
    changes.set(path, before === undefined ? "add" : "delete");
  } else if (isBag(before) && isBag(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(before[key], after[key], under(path, key), changes);
    }
  } else if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    for (let at = 0; at < length; at += 1) {
      compare(before[at], after[at], `${path}[${String(at)}]`, changes);
    }
  } else {
    changes.set(path, "update");
  }
}
