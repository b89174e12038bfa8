import type { Settings } from "./settings";
import type { Properties } from "./values";

/** What the engine is about to make, change or keep. */
export interface Resource {
  /** e.g. `databricks:index/job:Job`. */
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly properties: Properties;
  /** Whether the engine refuses to delete and to replace it. */
  readonly protect: boolean;
  /** The component that it is a child of; none for the stack itself. */
  readonly parent?: Resource | undefined;
}

/** What a rule decides by, beside the resource. */
export interface Context {
  readonly settings: Settings;
  /** What was registered before, so all that the resource depends on. */
  readonly before: readonly Resource[];
  /** The secrets of the stack's configuration that are long enough to be told from other texts. */
  readonly secrets: readonly { readonly key: string; readonly value: string }[];
}

/** A violation: what was found, and what to do. */
export interface Finding {
  /** The resource and the value found, as a sentence without its full stop. Never a secret. */
  readonly found: string;
  /** How to fix it, as a sentence without its full stop. */
  readonly fix: string;
}

interface About {
  /** As it stands in the engine's output, and in `--policy-pack-config`. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
}

/** A rule about one resource. It is decided before the resource is touched, in previews and updates. */
export interface ResourceRule extends About {
  /** None if all is well, or if it depends on something unknown: the update decides it then. */
  readonly checkResource: (resource: Resource, context: Context) => readonly Finding[];
}

/** A rule about resources together. It is decided at the end of a preview and of an update. */
export interface StackRule extends About {
  readonly checkStack: (
    resources: readonly Resource[],
    settings: Settings,
  ) => readonly (Finding & { readonly resource: Resource })[];
}

/** Any rule of the pack. A violation stops the preview, and the update before the resource is touched. */
export type Rule = ResourceRule | StackRule;
