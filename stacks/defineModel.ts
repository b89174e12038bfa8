import type { z } from "zod";
import { ModelStack, type Platform } from "../components";

/** Stack outputs of a model, by name. */
type Outputs = Record<string, unknown>;

/** A model that environments can have: one entry of `stacks/models.ts`. */
export interface ModelDefinition {
  /** Its name in lower case with hyphens, which its resources begin with: `customer-churn`. */
  readonly name: string;
  /** Its section of the configuration, and what `mlops:environment.models` calls it: `customerChurn`. */
  readonly key: string;
  /** What its section may say; an environment that says nothing gets the defaults. */
  readonly settings: z.ZodType;
  /**
   * Makes all its resources in an environment.
   * @param settings - What `settings` made of the environment's section.
   */
  deploy(environment: Platform, settings: unknown): Promise<Outputs>;
}

/**
 * Describes a model.
 * @param name - In lower case with hyphens.
 * @param settings - What may differ between environments, every key with a default.
 * @param deploy - Instantiates its components on `platform` and returns the stack outputs.
 * @param options - `owner`: team or person who answers for it. Default: the environment's owner.
 */
export function defineModel<Settings extends z.ZodType>(
  name: string,
  settings: Settings,
  deploy: (platform: ModelStack, settings: z.output<Settings>) => Promise<Outputs>,
  options: { readonly owner?: string } = {},
): ModelDefinition {
  return {
    name,
    key: name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    settings,
    deploy: (environment, values) =>
      deploy(new ModelStack(name, { environment, ...options }), settings.parse(values)),
  };
}
