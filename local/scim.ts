import { z } from "zod";
import { invalid } from "./errors";
import { queryInt } from "./route";

/** The query fields that say which attributes an answer has (RFC 7644, 3.9). */
export const attributes = {
  attributes: z.string().optional(),
  excludedAttributes: z.string().optional(),
};

/** The query of a list (RFC 7644, 3.4.2). */
export const listQuery = z.strictObject({
  ...attributes,
  filter: z.string().optional(),
  startIndex: queryInt.min(1).optional(),
  count: queryInt.min(0).optional(),
  sortBy: z.enum(["id", "userName", "displayName", "applicationId"]).optional(),
  sortOrder: z.enum(["ascending", "descending"]).optional(),
});

/** A user, group or service principal as SCIM shows it (RFC 7643). */
export type Resource = Readonly<Record<string, unknown>> & { readonly id: string };

type Selection = z.output<z.ZodObject<typeof attributes>>;

/** The page of a list that `query` asks for. */
export function listed(items: readonly Resource[], query: z.output<typeof listQuery>) {
  const found = sort(matching(items, query.filter), query.sortBy, query.sortOrder);
  const start = query.startIndex ?? 1;
  const shown = found.slice(start - 1, start - 1 + (query.count ?? 100));
  return {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    totalResults: found.length,
    startIndex: start,
    itemsPerPage: shown.length,
    Resources: shown.map((item) => select(item, query)),
  };
}

/** `attr eq "value"`, the one form of SCIM filter that the provider and the SDKs' helpers use. */
function matching(items: readonly Resource[], filter: string | undefined): readonly Resource[] {
  if (filter === undefined || filter === "") return items;
  const parsed = /^(id|userName|displayName|applicationId) eq (?:"([^"]*)"|'([^']*)'|(\S+))$/i.exec(
    filter.trim(),
  );
  if (parsed === null)
    throw invalid(
      `filter '${filter}' is not of the form: id, userName, displayName or applicationId eq "value".`,
    );
  const [, attribute = "", ...values] = parsed;
  // Only one of the three forms of quoting has matched; the others are undefined and join as nothing.
  const value = values.join("");
  return items.filter((item) => {
    const own = Object.entries(item).find(
      ([key]) => key.toLowerCase() === attribute.toLowerCase(),
    )?.[1];
    return typeof own === "string" && own.toLowerCase() === value.toLowerCase();
  });
}

function sort(
  items: readonly Resource[],
  by = "id",
  order: "ascending" | "descending" = "ascending",
): Resource[] {
  const sign = order === "ascending" ? 1 : -1;
  return [...items].sort((a, b) => sign * String(a[by]).localeCompare(String(b[by])));
}

/** What is always returned (RFC 7644, 3.9); of service principals the application, which the provider relies on. */
const FIXED = ["id", "schemas", "applicationId"];

/** Keeps or leaves out attributes as asked. */
export function select(item: Resource, query: Selection): Record<string, unknown> {
  const names = (list: string) => list.split(",").map((name) => name.trim().split(".")[0]);
  return Object.fromEntries(
    Object.entries(item).filter(([key]) => {
      if (FIXED.includes(key)) return true;
      if (query.attributes && !names(query.attributes).includes(key)) return false;
      return !(query.excludedAttributes && names(query.excludedAttributes).includes(key));
    }),
  );
}
