import type { FastifyReply, FastifyRequest } from "fastify";
import type { ArtifactStore } from "./artifactStore";

/**
 * Sends a file, or the part of it that the caller's `Range` header asks for (one range, RFC 9110, 14.1.2;
 * other forms are answered with the whole file, as the RFC allows).
 */
export async function sendArtifact(
  artifacts: ArtifactStore,
  path: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const size = (await artifacts.find(path))?.size ?? 0;
  const range = parseRange(request.headers.range, size);
  const content = await artifacts.read(path, range);
  void reply
    .header("last-modified", new Date(content.modified).toUTCString())
    .header("accept-ranges", "bytes")
    .type("application/octet-stream");
  if (range === undefined) return reply.header("content-length", content.size).send(content.stream);
  return reply
    .status(206)
    .header("content-range", `bytes ${range.start}-${range.end}/${size}`)
    .header("content-length", range.end - range.start + 1)
    .send(content.stream);
}

function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | undefined {
  const [, from = "", to = ""] = /^bytes=(\d+)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === "" || Number(from) >= size) return undefined;
  return { start: Number(from), end: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
}
