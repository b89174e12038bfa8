import { z } from "zod";

const named = z.object({ client_request_id: z.string() });

/** Texts of JSON, which stay as they are, and the numbers that Python writes but JSON does not know. */
const TEXT_OR_CONSTANT = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/gs;

/**
 * What a caller may put beside the data, to find the request in the inference table again.
 * @param body - The request's, as it came; models take the JSON that Python writes, with `NaN` in it.
 */
export function clientRequestId(body: string | Buffer): string | undefined {
  if (!body.includes('"client_request_id"')) return undefined;
  const text = body
    .toString()
    .replace(TEXT_OR_CONSTANT, (found) => (found.startsWith('"') ? found : "null"));
  try {
    const parsed = named.safeParse(JSON.parse(text));
    // Half a surrogate pair is no text that a table could hold.
    return parsed.success ? Buffer.from(parsed.data.client_request_id).toString() : undefined;
  } catch {
    return undefined;
  }
}
