import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const stored = z.object({
  id: z.string(),
  /** Type token, e.g. `azure-native:storage:StorageAccount`. */
  token: z.string(),
  /** As the program gave them, secrets marked. */
  inputs: z.record(z.string(), z.unknown()),
  outputs: z.record(z.string(), z.unknown()),
  /** ISO 8601. */
  created: z.string(),
  /** Id of the resource that it was made with and goes with, if no program made it by itself. */
  owner: z.string().optional(),
});

/** A resource that exists. */
export type Stored = Readonly<z.infer<typeof stored>>;

/** The resources that exist, one file each, so that several processes can work on them. */
export class Store {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  get(id: string): Stored | undefined {
    const file = this.#fileOf(id);
    return existsSync(file) ? this.#read(file) : undefined;
  }

  all(): Stored[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => this.#read(join(this.folder, name)));
  }

  put(resource: Stored): void {
    const file = this.#fileOf(resource.id);
    const part = `${file}.${String(process.pid)}`;
    writeFileSync(part, JSON.stringify(resource, null, 2));
    renameSync(part, file);
  }

  delete(id: string): void {
    rmSync(this.#fileOf(id), { force: true });
  }

  /** Azure takes ids without regard to case. */
  #fileOf(id: string): string {
    const name = createHash("sha256").update(id.toLowerCase()).digest("hex").slice(0, 32);
    return join(this.folder, `${name}.json`);
  }

  #read(file: string): Stored {
    return stored.parse(JSON.parse(readFileSync(file, "utf8")));
  }
}
