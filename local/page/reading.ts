/**
 * What a source said, or why it said nothing. "Not configured" is neither: it is a known value that
 * holds nothing, e.g. an empty list of endpoints.
 */
export type Reading<T> =
  { readonly known: true; readonly value: T } | { readonly known: false; readonly why: string };

/** How long a page waits for a source, in ms: a page that is whole and late helps nobody. */
export const PATIENCE_MS = 2000;

/** A value that is there. */
export function known<T>(value: T): Reading<T> {
  return { known: true, value };
}

/** A value that is not there, and why. */
export function unknown(why: string): Reading<never> {
  return { known: false, why };
}

/**
 * Asks a source. What it throws becomes the reason, in one line; so does an answer that takes too long.
 * @param source - Its name for people, e.g. `MLflow`.
 */
export async function read<T>(
  source: string,
  ask: () => T | Promise<T>,
  patienceMs = PATIENCE_MS,
): Promise<Reading<T>> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Reading<never>>((resolve) => {
    timer = setTimeout(() => {
      resolve(unknown(`${source} did not answer within ${patienceMs / 1000} s.`));
    }, patienceMs);
  });
  const answer = (async () => known(await ask()))().catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    return unknown(`${source}: ${message.split("\n", 1)[0] ?? message}`);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** What `change` makes of a known value; a reason stays. */
export function map<T, U>(reading: Reading<T>, change: (value: T) => U): Reading<U> {
  return reading.known ? known(change(reading.value)) : reading;
}

/** The known value, or `otherwise`. */
export function orElse<T, U>(reading: Reading<T>, otherwise: U): T | U {
  return reading.known ? reading.value : otherwise;
}
