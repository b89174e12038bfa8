import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../cli/shared/paths";
import { readSchema } from "./sdk";
import { schemaJson, type Schema } from "./shape";

/**
 * The schemas of the SDK, each read once and kept below `.mlops/`: parsing takes some 40 ms for each
 * type, reading what is kept less than one.
 */
export class Schemas {
  readonly #known = new Map<string, Schema | undefined>();

  /**
   * @param version - Of the SDK.
   * @param folder - Where they are kept.
   */
  constructor(
    private readonly version: string,
    private readonly folder = join(paths.kept, "azure-native-double"),
  ) {}

  /**
   * @param token - Of a resource or function.
   * @returns undefined if the SDK has no such thing.
   */
  of(token: string): Schema | undefined {
    if (!this.#known.has(token)) this.#known.set(token, this.#read(token));
    return this.#known.get(token);
  }

  #read(token: string): Schema | undefined {
    const folder = join(this.folder, `${this.version}-${readersDigest()}`);
    const kept = join(folder, `${token.replaceAll(":", ".")}.json`);
    if (existsSync(kept)) return schemaJson.parse(JSON.parse(readFileSync(kept, "utf8")));
    const schema = readSchema(token);
    if (schema !== undefined) {
      mkdirSync(folder, { recursive: true });
      const part = `${kept}.${String(process.pid)}`;
      writeFileSync(part, JSON.stringify(schema));
      renameSync(part, kept);
    }
    return schema;
  }
}

/** What an older state of the readers made of the SDK is not taken for the truth. */
function readersDigest(): string {
  const hash = createHash("sha256");
  for (const name of ["errata.ts", "sdk.ts", "shape.ts", "typeReader.ts"]) {
    hash.update(readFileSync(join(__dirname, name)));
  }
  return hash.digest("hex").slice(0, 12);
}
