import { refusal, type Received, type Reply } from "../httpDouble";

/** A double of the workspace's files, for the lease of a promotion; all in one folder. */
export class FilesDouble {
  /** Content in base64 by path. */
  readonly files = new Map<string, string>();

  /** What the workspace answers, undefined if it is not asked for files. */
  answer({ method, path, query, body }: Received): Reply | undefined {
    const given = Object(body) as Record<string, unknown>;
    const file = query["path"] ?? String(given["path"]);
    switch (`${method} ${path.replace("/api/2.0/workspace/", "")}`) {
      case "POST mkdirs":
        return { body: {} };
      case "GET list":
        return { body: { objects: this.below(file).map((one) => ({ path: one })) } };
      case "GET export":
        return this.files.has(file) ? { body: { content: this.files.get(file) } } : gone(file);
      case "POST import":
        if (this.files.has(file)) {
          return refusal(400, "RESOURCE_ALREADY_EXISTS", `${file} already exists.`);
        }
        this.files.set(file, String(given["content"]));
        return { body: {} };
      case "POST delete":
        return this.files.delete(file) ? { body: {} } : gone(file);
      default:
        return undefined;
    }
  }

  private below(folder: string): string[] {
    return [...this.files.keys()].filter((path) => path.startsWith(`${folder}/`));
  }
}

const gone = (path: string): Reply =>
  refusal(404, "RESOURCE_DOES_NOT_EXIST", `Path (${path}) doesn't exist.`);
