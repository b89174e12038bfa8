import type {
  Policies,
  PolicyResource,
  ReportViolation,
  ResourceValidationArgs,
} from "@pulumi/policy";
import type { Context, Finding, Resource, ResourceRule, Rule, StackRule } from "./rule";
import { readSettings, type ReadSettings } from "./settings";
import { TYPES } from "./types";
import { plain } from "./values";

/** What the SDK says of a resource, to rules about one as to rules about all. */
type Told = Pick<ResourceValidationArgs, "type" | "name" | "urn" | "props" | "opts">;

/** Shorter secrets are found in texts that have nothing to do with them. */
const SHORTEST_SECRET = 8;

/**
 * The rules as the SDK's policies, for one preview or update. It keeps what the engine has told so far,
 * because that asks about one resource at a time.
 */
export class Pack {
  readonly #rules: readonly Rule[];
  readonly #before = new Map<string, Resource>();
  #read: ReadSettings = { problem: "The engine did not tell the stack's configuration" };
  #secrets: Context["secrets"] = [];

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  /** Takes the stack's configuration, which the engine tells before the first resource. */
  configure(config: Readonly<Record<string, string>>, secretKeys: readonly string[]): void {
    this.#read = readSettings(config);
    this.#secrets = secretKeys
      .map((key) => ({ key, value: config[key] ?? "" }))
      .filter(({ value }) => value.length >= SHORTEST_SECRET);
  }

  /** A policy for the settings, and one for each rule; all of them stop what violates them. */
  policies(): Policies {
    const mandatory = { enforcementLevel: "mandatory" } as const;
    return [
      {
        ...mandatory,
        name: "settings",
        description: "The settings of these rules are in order.",
        validateResource: (args, report) => {
          // Asked first of all policies, so that those behind find the resource and what it is in.
          this.#before.set(args.urn, this.#describe(args));
          if (args.type === TYPES.stack) this.#reportSettings(report);
        },
      },
      ...this.#rules.map(({ name, description, ...rule }) => {
        const about = { ...mandatory, name, description };
        return "checkStack" in rule
          ? {
              ...about,
              validateStack: ({ resources }: StackArgs, report: ReportViolation) => {
                this.#reportStack(rule, resources, report);
              },
            }
          : {
              ...about,
              validateResource: ({ urn }: Told, report: ReportViolation) => {
                this.#reportResource(rule, urn, report);
              },
            };
      }),
    ];
  }

  #reportSettings(report: ReportViolation): void {
    if (!("problem" in this.#read)) return;
    report(
      message({ found: this.#read.problem, fix: "docs/how-to/policies.md lists the settings" }),
    );
  }

  #reportResource(
    { checkResource }: Pick<ResourceRule, "checkResource">,
    urn: string,
    report: ReportViolation,
  ): void {
    const resource = this.#before.get(urn);
    if (resource === undefined || isLeftOut(resource) || "problem" in this.#read) return;
    const known = this.#before;
    const context: Context = {
      settings: this.#read.settings,
      // Listed for the few that ask: for every rule and resource it would be a square of the stack's size.
      get before() {
        return [...known.values()];
      },
      secrets: this.#secrets,
    };
    for (const finding of checkResource(resource, context)) report(message(finding));
  }

  #reportStack(
    { checkStack }: Pick<StackRule, "checkStack">,
    told: readonly PolicyResource[],
    report: ReportViolation,
  ): void {
    if ("problem" in this.#read) return;
    const resources = told.map((one) => this.#describe(one)).filter((one) => !isLeftOut(one));
    for (const { resource, ...finding } of checkStack(resources, this.#read.settings)) {
      report(message(finding), resource.urn);
    }
  }

  #describe({ type, name, urn, props, opts }: Told): Resource {
    const parent = opts.parent === undefined ? undefined : this.#before.get(opts.parent);
    return { type, name, urn, properties: plain(props), protect: opts.protect, parent };
  }
}

/**
 * Whether the engine does not make a new resource because `--target` does not name it. It asks about it all the
 * same, without what it would be made with; a resource that is made has at least what its provider has filled in.
 * https://github.com/pulumi/pulumi/blob/v3.250.0/pkg/resource/deploy/step_generator.go#L1270
 */
function isLeftOut({ type, properties }: Resource): boolean {
  const isCustom = type.startsWith("databricks:") || type.startsWith("azure-native:");
  return isCustom && Object.keys(properties).length === 0;
}

interface StackArgs {
  readonly resources: readonly PolicyResource[];
}

/** The one text that people read: what was found, and what to do. */
function message({ found, fix }: Finding): string {
  return `${found}. ${fix}.`;
}
