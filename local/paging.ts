import { z } from "zod";
import { queryInt } from "./route";
import { invalid } from "./errors";

/** The query fields of Databricks' token-paged lists; spread them into a list operation's query schema. */
export const paging = {
  max_results: queryInt.min(0).max(1000).optional(),
  page_token: z.string().optional(),
};

/**
 * One page of `items`. The token is the offset of the next page, opaque to the caller;
 * a size of 0 or none means the server's choice, as Databricks documents it for Unity Catalog lists.
 * @throws ApiError INVALID_PARAMETER_VALUE for a token that this server did not hand out.
 */
export function page<T>(
  items: readonly T[],
  size: number | undefined,
  token: string | undefined,
  serverSize = 100,
): { items: T[]; next_page_token?: string } {
  const start = token ? Number(Buffer.from(token, "base64url").toString()) : 0;
  if (!Number.isInteger(start) || start < 0)
    throw invalid(`page_token '${String(token)}' is not valid.`);
  const end = start + (size === undefined || size === 0 ? serverSize : size);
  const next = end < items.length ? Buffer.from(String(end)).toString("base64url") : undefined;
  return {
    items: items.slice(start, end),
    ...(next === undefined ? {} : { next_page_token: next }),
  };
}
