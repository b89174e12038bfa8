import { invalid } from "./errors";

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * `before` with the fields that the mask names taken from `change`, those that `change` lacks removed:
 * `display_name,schedule.timezone_id`, or `*` for all (https://google.aip.dev/161).
 * @throws ApiError INVALID_PARAMETER_VALUE for a name whose first part is not among `allowed`.
 */
export function applyMask(
  before: Fields,
  change: Fields,
  mask: string,
  allowed: readonly string[],
): Fields {
  const paths = mask === "*" ? allowed : mask.split(",").map((path) => path.trim());
  return paths.reduce((result, path) => {
    const parts = path.split(".");
    if (!allowed.includes(parts[0] ?? ""))
      throw invalid(`update_mask: '${path}' is not one of ${allowed.join(", ")}.`);
    return replaced(result, change, parts);
  }, before);
}

function replaced(before: Fields, change: Fields, [name = "", ...rest]: readonly string[]): Fields {
  const value = change[name];
  const own = before[name];
  const kept = Object.fromEntries(Object.entries(before).filter(([key]) => key !== name));
  if (rest.length === 0) return value === undefined ? kept : { ...kept, [name]: value };
  const inner = replaced(isFields(own) ? own : {}, isFields(value) ? value : {}, rest);
  return { ...kept, [name]: inner };
}
