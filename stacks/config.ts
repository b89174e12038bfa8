import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { azureSettings, type AzureSettings } from "./azureSettings";
import { models } from "./models";
import { problemsOf } from "./problems";
import { emails, onFailure, section } from "./schema";

const KEYS = models.map(({ key }) => key);

const environment = section({
  /** Unity Catalog catalog of this environment. */
  catalog: z
    .string()
    .regex(/^[a-z0-9_]+$/, "must be a catalog name of lower-case letters, digits and _"),
  /**
   * What the names of jobs, endpoints and alerts begin with, so that they do not collide where
   * environments share a workspace: `dev-`, or `alice-` for a personal copy.
   */
  prefix: z
    .string()
    .regex(/^([a-z][a-z0-9-]{0,19}-)?$/, "must be up to 20 of a-z, 0-9 and - that end with -")
    .default(""),
  /** Which models are deployed: a personal copy may have those that one works on. */
  models: z.array(z.enum(KEYS)).default(KEYS),
  /** Tags of every resource that can carry them. */
  tags: section({
    owner: z.string().min(1, "must name a team or a person"),
    cost_center: z.string().min(1, "must not be empty"),
  }),
  /** Account groups and what they may do. */
  access: section({ users: z.string().min(1), engineers: z.string().min(1) }),
  warehouse: section({
    size: z
      .enum(["2X-Small", "X-Small", "Small", "Medium", "Large", "X-Large"])
      .default("2X-Small"),
    autoStopMinutes: z.number().int().min(5).max(1440).default(10),
  }).prefault({}),
  jobs: section({
    /** Whether schedules run. */
    pauseStatus: z.enum(["PAUSED", "UNPAUSED"]).default("UNPAUSED"),
    /** Application id of the service principal that jobs run as. */
    runAs: z.guid("must be the application id of a service principal").optional(),
    /** Who is told when a run fails. */
    notify: z.array(z.email("must be an e-mail address")).default([]),
  }).prefault({}),
  /** Who is told of drift, where a model names nobody else. */
  emails,
  /** What a candidate that a gate refuses does to the update, where a model says nothing else. */
  onFailure: onFailure.default("hold"),
  /** Whether a second endpoint takes every new champion first. */
  stagingEndpoints: z.boolean().default(true),
  /** Tables, models and endpoints cannot be deleted by an update while this is set. */
  protect: z.boolean().default(false),
  /** Whether deleting a schema or the catalog deletes what is in it: data and model versions too. */
  forceDestroy: z.boolean().default(false),
});

const settings = section({
  environment,
  azure: azureSettings.optional(),
  ...Object.fromEntries(models.map((model) => [model.key, model.settings.prefault({})])),
});

/** The settings of one environment, checked, with defaults filled in. */
export interface Settings {
  readonly environment: z.output<typeof environment>;
  /** Undefined where nothing is made in Azure. */
  readonly azure?: AzureSettings | undefined;
  /** Each model's section by its key; the model knows the shape. */
  readonly models: Readonly<Record<string, unknown>>;
}

const PREFIX = "mlops:";

/**
 * Checks the `mlops:` keys of a stack's configuration.
 * @param values - Configuration by full key, structured values as JSON, as the engine passes it.
 * @param isSecret - Whether a key's value must not be shown.
 * @throws pulumi.RunError naming every problem at once: key, value, and what is allowed.
 */
export function parseConfig(
  values: Readonly<Record<string, string>>,
  isSecret: (key: string) => boolean = () => false,
): Settings {
  const given = Object.fromEntries(
    Object.entries(values)
      .filter(([key]) => key.startsWith(PREFIX))
      .map(([key, value]) => [key.slice(PREFIX.length), parseValue(value)]),
  );
  const result = settings.safeParse(given);
  if (result.success) {
    const { environment, azure, ...models } = result.data;
    return { environment, azure, models };
  }
  const problems = problemsOf(result.error, given, {
    name: (path) => `${PREFIX}${path.join(".")}`,
    show: (value, [key]) =>
      isSecret(`${PREFIX}${String(key)}`) ? "[secret]" : JSON.stringify(value),
  });
  throw new pulumi.RunError(
    problems.length === 1
      ? `Configuration: ${problems.join("")}`
      : `Configuration, ${problems.length} problems:\n${problems.map((p) => `  - ${p}`).join("\n")}`,
  );
}

/** The settings of the stack that is being deployed. */
export function loadConfig(): Settings {
  // The engine names secret keys here: https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/nodejs/runtime/config.ts
  const secrets = z
    .array(z.string())
    .parse(JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]"));
  return parseConfig(pulumi.runtime.allConfig(), (key) => secrets.includes(key));
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
