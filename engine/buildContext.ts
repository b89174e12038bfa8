import type { Layout } from "./paths";
import type { Output } from "./steps";

/** What a build may use. */
export interface BuildContext {
  readonly layout: Layout;
  readonly env: NodeJS.ProcessEnv;
  readonly output: Output;
}
