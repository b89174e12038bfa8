import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { type Engine, obtainEngine } from "../../../engine";
import { isExecutable } from "../../../engine/paths";

const repository = resolve(__dirname, "../../..");

/** A `go` that notes what it builds and "builds" a program that prints its version. */
const goDouble = (version: string): string => `
if [ "$1" = env ]; then echo ${version}; exit; fi
while [ "$1" != -o ]; do shift; done
echo "$2" >> "$DOUBLES/built"
echo some/package >&2
printf '#!/bin/sh\\necho v3.250.0\\n' > "$2" && chmod +x "$2"
`;

/** A checkout with only the engine in it, on a PATH without Go and Pulumi. */
export class Checkout {
  readonly root = mkdtempSync(join(tmpdir(), "engine-"));
  readonly env: NodeJS.ProcessEnv;
  /** What was shown to the user. */
  shown = "";
  readonly #doubles = join(this.root, "doubles");

  constructor() {
    cpSync(join(repository, "engine"), join(this.root, "engine"), { recursive: true });
    symlinkSync(join(repository, "node_modules"), join(this.root, "node_modules"));
    mkdirSync(this.#doubles);
    const real = (process.env["PATH"] ?? "").split(delimiter);
    const path = real.filter((entry) => !isToolFolder(entry));
    this.env = {
      ...process.env,
      PATH: [this.#doubles, ...path].join(delimiter),
      HOME: join(this.root, "home"),
      DOUBLES: this.#doubles,
      // Nothing listens there: no test may reach a package index.
      PIP_INDEX_URL: "http://127.0.0.1:9/simple",
      PIP_CONFIG_FILE: "/dev/null",
    };
    delete this.env["PULUMI_HOME"];
  }

  /** Puts a double of a program on the PATH, as a shell script. */
  install(name: string, script: string): void {
    writeExecutable(join(this.#doubles, name), script);
  }

  installGo(version = "go1.26.8"): void {
    this.install("go", goDouble(version));
  }

  /** Lines that doubles have written to `$DOUBLES/NAME`. */
  noted(name: string): string[] {
    try {
      return readFileSync(join(this.#doubles, name), "utf8").trim().split("\n");
    } catch {
      return [];
    }
  }

  obtain(): Promise<Engine> {
    const output = { write: (text: string) => ((this.shown += text), true) };
    return obtainEngine({ root: this.root, env: this.env, output });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Writes a shell script that can be started. */
export function writeExecutable(file: string, script: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

function isToolFolder(folder: string): boolean {
  return ["go", "pulumi", "pulumi-resource-databricks"].some((name) =>
    isExecutable(join(folder, name)),
  );
}
