/** When the facts are read. */
export const NOW = Date.parse("2026-11-21T12:00:00Z");

const MINUTE = 60 * 1000;
const HOUR = 60 * MINUTE;

/** Milliseconds that a measurement may bear: as old as an age rule allows, one more, by a clock that is ahead. */
export const loggedAt = [
  NOW,
  NOW - 1,
  NOW - HOUR,
  NOW - HOUR - 1,
  NOW - 24 * HOUR,
  NOW - 24 * HOUR - 1,
  NOW + 5 * MINUTE,
] as const;

/** What is no time that a measurement may bear. */
export const notLoggedAt = [
  NOW + 5 * MINUTE + 1,
  null,
  NaN,
  Infinity,
  -Infinity,
  Number.MAX_VALUE,
] as const;

/** Moments that have been, by clocks five minutes apart. */
export const pastTimes = [
  "2026-11-21T12:00:00Z",
  "2026-11-21T10:30:00+01:00",
  "2026-11-20T13:00:00.5Z",
  "2026-11-21T12:05:00Z",
] as const;

/** What is no such moment; `Date.parse` takes some of it for one. */
export const texts = [
  "2026-11-21T12:05:00.001Z",
  "",
  "soon",
  "9999",
  "1",
  "2026-11-21",
  "NaN",
] as const;
