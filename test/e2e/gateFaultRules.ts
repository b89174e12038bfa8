/** A fault of the local workspace; see docs/how-to/try-faults.md. */
export type Fault = Readonly<Record<string, string | number>>;

/**
 * What a gate has to live with: throttling, failures and lost connections, both before the request has had its
 * effect and after it, and answers that are late.
 * @param delay - How late, in milliseconds.
 */
export const everyFault = (delay: number): readonly Fault[] => [
  { kind: "status", status: 429, retryAfter: 1 },
  { kind: "status", status: 500 },
  { kind: "status", status: 500, when: "after" },
  { kind: "delay", delay },
  { kind: "drop" },
  { kind: "drop", when: "after" },
];

/**
 * Faults that strike at `share` of the requests together, each of them equally often. The workspace asks one
 * after the other and stops at the first that strikes, so the later ones need a greater share of what is left.
 */
export function together(share: number, faults: readonly Fault[]): Fault[] {
  const each = share / faults.length;
  return faults.map((fault, n) => ({ ...fault, probability: each / (1 - n * each) }));
}
