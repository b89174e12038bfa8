import { z } from "zod";

/** The namespace of the stack's configuration that the rules' settings are in. */
const NAMESPACE = "mlops-policies";

const fields = {
  /** Whether what holds data must be protected, so that nothing deletes or replaces it. */
  protect: z.boolean("must be true or false").default(false),
  /** Whether jobs must run as a service principal. */
  runAs: z.boolean("must be true or false").default(false),
  /** Whether each serving endpoint must have a monitor and an alert that run. */
  monitored: z.boolean("must be true or false").default(false),
  /** Minutes that must lie between two runs of a schedule. */
  minimumMinutesBetweenRuns: z
    .number("must be a number of minutes")
    .int("must be a whole number of minutes")
    .min(1, "must be at least 1 minute")
    .max(7 * 24 * 60, "must be at most a week, 10080 minutes")
    .default(15),
};

const settingsSchema = z.strictObject(fields, {
  error: (issue) =>
    issue.code === "unrecognized_keys"
      ? `there is no such key; allowed: ${Object.keys(fields).join(", ")}`
      : "must be a section with keys",
});

/** What an environment demands. */
export type Settings = z.output<typeof settingsSchema>;

/** The settings, or what is wrong with them in one sentence. */
export type ReadSettings = { readonly settings: Settings } | { readonly problem: string };

const RULES = `${NAMESPACE}:rules`;

/**
 * Reads the settings out of a stack's configuration. Without `mlops-policies:rules` the defaults hold.
 * @param config - Values by full key, as the engine tells them: objects are JSON texts.
 */
export function readSettings(config: Readonly<Record<string, string>>): ReadSettings {
  const others = Object.keys(config).filter((key) => key.startsWith(`${NAMESPACE}:`));
  const stranger = others.find((key) => key !== RULES);
  if (stranger !== undefined) return { problem: `There is no setting ${stranger}; use ${RULES}` };
  const read = settingsSchema.safeParse(parse(config[RULES] ?? "{}"));
  if (read.success) return { settings: read.data };
  const problems = read.error.issues.map((issue) => {
    const keys = issue.code === "unrecognized_keys" ? issue.keys : issue.path.map(String);
    return `${[RULES, ...keys].join(".")} ${issue.message}`;
  });
  return { problem: problems.join("; ") };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
