import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parseDocument } from "yaml";
import { z } from "zod";
import type { Approval } from "../../components";
import { problemsOf } from "../problems";
import { modelName, section } from "../schema";
import { moment, text, versionNumber } from "./ruleSettings";

/** Where approvals are kept: beside the stacks' files, so that a pull request brings and a review checks them. */
const FILE = join(__dirname, "..", "..", "approvals.yaml");

const approvals = z.array(
  section({
    /** Full name, so that an approval is one for one environment. */
    model: modelName,
    version: versionNumber,
    by: text,
    at: moment,
    reason: text.optional(),
  }),
  "must be a list of approvals",
);

/**
 * What the approvals file says of a model; nothing if there is no such file.
 * @throws pulumi.RunError naming every mistake in the file, also in what is said of other models.
 */
export function approvalsOf(model: string, file = FILE): Approval[] {
  const written = parsed(file);
  const read = approvals.safeParse(written);
  if (!read.success) throw refusal(file, problemsOf(read.error, written, { name: place }));
  return read.data
    .filter((one) => one.model === model)
    .map(({ version, by, at }) => ({ version, by, at }));
}

function parsed(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw refusal(file, [error instanceof Error ? error.message : String(error)]);
  }
  const document = parseDocument(text);
  const [mistake] = document.errors;
  if (mistake !== undefined) throw refusal(file, [mistake.message.split("\n")[0] ?? "no YAML"]);
  // A file of comments alone approves nothing.
  return document.toJS() ?? [];
}

/** e.g. `entry 2: by`. */
function place([index, ...keys]: readonly PropertyKey[]): string {
  if (index === undefined) return "the file";
  return `entry ${String(Number(index) + 1)}${keys.length === 0 ? "" : `: ${keys.join(".")}`}`;
}

function refusal(file: string, problems: readonly string[]): pulumi.RunError {
  const many = problems.length > 1 ? "\n  - " : " ";
  return new pulumi.RunError(`${basename(file)}:${many}${problems.join("\n  - ")}`);
}
