import { z } from "zod";
import { invalid } from "../errors";

const ALLOWED = /^[^./\\ \u0000-\u001f\u007f]+$/;
const NOT_ALLOWED = "must not hold a period, slash, space or control character";

/**
 * The name of a catalog, schema, volume or table: 1 to 255 characters without period, slash, space or
 * control character; kept in lower case, as Unity Catalog does.
 * https://docs.databricks.com/en/sql/language-manual/sql-ref-names.html
 */
export const objectName = z
  .string()
  .min(1)
  .max(255)
  .regex(ALLOWED, NOT_ALLOWED)
  .transform((name) => name.toLowerCase());

/** The name of a storage credential, which is kept as it was written. */
export const securableName = z.string().min(1).max(255).regex(ALLOWED, NOT_ALLOWED);

/** A full name in lower case, e.g. `Ml.Features` → `ml.features`; the key of a record. */
export const fullName = z
  .string()
  .min(1)
  .transform((name) => name.toLowerCase());

/**
 * The parts of a full name.
 * @throws ApiError INVALID_PARAMETER_VALUE unless it has exactly `count` non-empty parts.
 */
export function partsOf(name: string, count: 2 | 3 | 4): string[] {
  const parts = name.toLowerCase().split(".");
  if (parts.length !== count || parts.some((part) => part === "")) {
    const form = ["catalog", "schema", "object", "column"].slice(0, count).join(".");
    throw invalid(`'${name}' is not a valid name: expected the form ${form}.`);
  }
  return parts;
}

/** The part before the last period, e.g. `ml.features.t` → `ml.features`. */
export function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf(".")));
}
