import { z } from "zod";
import { invalid } from "../errors";

const HEADER = "x-local-request-time";
const OLDEST_MS = 30 * 24 * 60 * 60 * 1000;

const iso = z.iso.datetime({ offset: true });

/**
 * When a request is captured to have come: now, or the time that its header `x-local-request-time` gives, so
 * that the traffic of days can be replayed in a minute. Databricks has no such header.
 * @throws ApiError INVALID_PARAMETER_VALUE unless it is a time in ISO 8601 with its zone, of the last 30 days.
 */
export function requestTime(header: string | string[] | undefined, now: Date): Date {
  if (header === undefined) return now;
  const given = iso.safeParse(header);
  const time = new Date(given.success ? given.data : Number.NaN);
  const age = now.getTime() - time.getTime();
  if (age >= 0 && age <= OLDEST_MS) return time;
  throw invalid(
    `The header ${HEADER} is '${String(header)}'; it must be a time such as ${now.toISOString()}, ` +
      "not in the future and at most 30 days back.",
  );
}
