import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildGoProgram } from "../../engine/goBuild";
import { layoutOf } from "../../engine/paths";
import { runStep } from "../../engine/steps";
import { paths, root } from "../shared/paths";
import { ensurePython, uv } from "../python/python";

/** Where the linters of pipeline files are. */
export interface Linters {
  readonly actionlint: string;
  /** Folder of zizmor, check-jsonschema and shellcheck. */
  readonly bin: string;
}

/**
 * Makes the linters, if these versions are not there yet: actionlint from its Go module, the others from PyPI, all
 * with locked checksums, in `.mlops/pipelines`. Half a minute the first time.
 * @throws EngineError or UserError if a registry cannot be reached.
 */
export async function ensureLinters(): Promise<Linters> {
  const folder = join(root, "cli", "pipelines");
  const home = join(paths.kept, "pipelines");
  const python = join(home, "python");
  const linters = { actionlint: join(home, "actionlint"), bin: join(python, "bin") };
  const sources = ["requirements.lock", "actionlint/go.mod", "actionlint/go.sum"];
  const wanted = createHash("sha256");
  for (const source of sources) wanted.update(readFileSync(join(folder, source)));
  const digest = wanted.digest("hex");
  const stamp = join(home, "installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return linters;

  rmSync(stamp, { force: true });
  mkdirSync(home, { recursive: true });
  await ensurePython();
  await runStep(process.stderr, { name: "Linters from PyPI", usually: 5 }, async () => {
    await uv("venv", "--quiet", "--clear", python);
    await uv("pip", "sync", "--quiet", "--python", python, join(folder, "requirements.lock"));
  });
  await buildGoProgram(
    { layout: layoutOf(root), env: process.env, output: process.stderr },
    {
      name: "Build actionlint from Go modules",
      usually: 30,
      folder: join(folder, "actionlint"),
      package: "github.com/rhysd/actionlint/cmd/actionlint",
      linkerFlags: "-s -w",
      file: linters.actionlint,
      versionArgument: "-version",
    },
  );
  writeFileSync(stamp, digest);
  return linters;
}
