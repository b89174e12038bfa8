let last = 0;

/**
 * A number of about 15 digits, as Databricks' own ids are, that no earlier call returned, also before a
 * restart: the time in ms and two digits more, so ids sort by age.
 */
export function newId(): number {
  last = Math.max(last + 1, Date.now() * 100);
  return last;
}
