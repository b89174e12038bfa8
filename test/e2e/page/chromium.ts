import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";
import { paths } from "../../../cli/shared/paths";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** Without these it looks for servers of its maker, which a closed network refuses. */
const ARGUMENTS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Its own sandbox cannot be set up by root or in most containers, and it only sees our own pages.
  "--no-sandbox",
];

interface Found {
  readonly executablePath: string;
  readonly env?: Record<string, string>;
}

/**
 * Starts a headless Chromium with a profile of its own: the one that `CHROMIUM_PATH` names, else one on the
 * PATH, else one from the npm registry, which is kept below `.mlops`.
 * @throws Error that says what to install, where none of these is there.
 */
export async function launchChromium(): Promise<Browser> {
  const { executablePath, env = {} } = findInstalled() ?? (await obtain());
  return chromium.launch({ executablePath, args: ARGUMENTS, env: { ...environment(), ...env } });
}

function findInstalled(): Found | undefined {
  const named = process.env["CHROMIUM_PATH"];
  if (named !== undefined) return { executablePath: named };
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const executablePath = candidates.find((path) => existsSync(path));
  return executablePath === undefined ? undefined : { executablePath };
}

/** Installs the locked package once; it brings the shared libraries that a small machine lacks. */
async function obtain(): Promise<Found> {
  const home = join(paths.kept, "chromium");
  const files = join(home, "unpacked");
  const found: Found = {
    executablePath: join(files, "chromium"),
    env: {
      LD_LIBRARY_PATH: join(files, "al2023", "lib"),
      FONTCONFIG_PATH: join(files, "fonts"),
      HOME: home,
    },
  };
  if (existsSync(found.executablePath)) return found;
  if (process.platform !== "linux" || process.arch !== "x64") throw notFound("");
  const unpacking = join(home, "unpacking");
  rmSync(home, { recursive: true, force: true });
  mkdirSync(unpacking, { recursive: true });
  cpSync(join(__dirname, "chromium"), home, { recursive: true });
  await run(home, "npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
  // The package unpacks into the folder for temporary files, and its libraries only where it takes the
  // machine for one of those it was made for.
  const script = `const m = require("@sparticuz/chromium"); (m.default ?? m).executablePath()`;
  const env = { TMPDIR: unpacking, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x" };
  await run(home, process.execPath, ["-e", script], env);
  // Without a font that it finds, a text takes no room and counts as hidden.
  writeFileSync(join(unpacking, "fonts", "fonts.conf"), fontsIn(join(files, "fonts"), home));
  renameSync(unpacking, files);
  return found;
}

/** https://fontconfig.pages.freedesktop.org/fontconfig/fontconfig-user.html */
function fontsIn(folder: string, home: string): string {
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "fonts.dtd">',
    `<fontconfig><dir>${folder}</dir><cachedir>${join(home, "font-cache")}</cachedir></fontconfig>`,
  ].join("\n");
}

async function run(
  cwd: string,
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  const child = spawn(command, args, { cwd, env: { ...environment(), ...env }, stdio: "pipe" });
  const output: string[] = [];
  child.stdout.on("data", (data: Buffer) => output.push(data.toString()));
  child.stderr.on("data", (data: Buffer) => output.push(data.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw notFound(output.join("").trim());
}

function notFound(why: string): Error {
  return new Error(
    `The tests of the page need Chromium. None of ${NAMES.join(", ")} is on the PATH; install one ` +
      `(Debian: apt-get install chromium), or name one in CHROMIUM_PATH. ${why}`.trim(),
  );
}

function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
