import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { z } from "zod";
import type { Given } from "./answers";

/** What the command line says. */
export interface CommandLine {
  /** Answers of the file, and of flags, which come first. */
  readonly given: Given;
  readonly dryRun: boolean;
  readonly help: boolean;
  /** What is wrong with it, a line each. */
  readonly problems: readonly string[];
}

const SWITCHES = ["dry-run", "help"];

/**
 * Reads flags, and the answer file that they name. Nothing is thrown: what is wrong is said with all
 * else that is.
 * @param keys - The answers that are also flags.
 */
export function readCommandLine(args: string[], keys: readonly string[]): CommandLine {
  const options: Record<string, { type: "string" | "boolean" }> = {};
  for (const key of [...keys, "answers"]) options[key] = { type: "string" };
  for (const key of SWITCHES) options[key] = { type: "boolean" };
  // Not strict: that would stop at the first mistake.
  const { tokens } = parseArgs({
    args,
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const problems: string[] = [];
  const flags = new Map<string, string>();
  const switches = new Set<string>();
  /** A word after an unknown flag is its value. */
  const unknownAt = new Set<number>();
  for (const token of tokens) {
    if (token.kind === "positional" && !unknownAt.has(token.index - 1)) {
      problems.push(`'${token.value}' belongs to no flag`);
    }
    if (token.kind !== "option") continue;
    const { name, value, rawName } = token;
    if (!Object.hasOwn(options, name)) {
      const known = Object.keys(options).map((key) => `--${key}`);
      unknownAt.add(token.index);
      problems.push(`${rawName} is unknown; there are ${known.join(", ")}`);
    } else if (SWITCHES.includes(name)) {
      if (value !== undefined) problems.push(`${rawName} takes no value; it has '${value}'`);
      switches.add(name);
    } else if (value === undefined || value.startsWith("--")) {
      problems.push(`${rawName} has no value`);
    } else if (flags.has(name)) {
      problems.push(`${rawName} is given twice`);
    } else {
      flags.set(name, value);
    }
  }
  const file = flags.get("answers");
  flags.delete("answers");
  return {
    given: {
      ...(file === undefined ? {} : readAnswers(file, problems)),
      ...Object.fromEntries(flags),
    },
    dryRun: switches.has("dry-run"),
    help: switches.has("help"),
    problems,
  };
}

/** YAML 1.2, of which JSON is a part. */
function readAnswers(file: string, problems: string[]): Given {
  try {
    const answers = z.record(z.string(), z.unknown()).safeParse(parse(readFileSync(file, "utf8")));
    if (answers.success) return answers.data;
    problems.push(
      `answers is '${file}', which is no list of answers: name: credit-risk, and so on`,
    );
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    problems.push(`answers is '${file}', which cannot be read: ${reason}`);
  }
  return {};
}
