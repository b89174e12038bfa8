import { Busboy } from "@fastify/busboy";

/**
 * The fields of a `multipart/form-data` body by name (RFC 7578): text as strings, files as bytes.
 * Of a name that occurs twice the last one counts.
 * @throws Error when the body is no such form
 */
export function parseForm(contentType: string, body: Buffer): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const fields: Record<string, unknown> = {};
    const parser = new Busboy({ headers: { "content-type": contentType } });
    parser.on("field", (name, value) => {
      fields[name] = value;
    });
    parser.on("file", (name, stream) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        fields[name] = Buffer.concat(chunks);
      });
    });
    parser.on("finish", () => {
      resolve(fields);
    });
    parser.on("error", reject);
    parser.end(body);
  });
}
