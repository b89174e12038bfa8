import { relative, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** Where the class of a dynamic provider is; it is made without arguments. */
export interface ProviderSource {
  /** Its file, from this folder. */
  readonly file: string;
  /** The name that the file exports it by. */
  readonly name: string;
}

/**
 * A dynamic resource whose provider the engine loads from this checkout.
 *
 * `pulumi.dynamic.Resource` writes all of a provider's code into the state with each resource instead, which takes
 * a TypeScript compiler that loads for longer than the rest of the program; and refresh and delete then run
 * the code of the last update. What stands in the state here is one line that names the file, from the folder
 * of the project, in which the engine runs programs and dynamic providers alike.
 * https://www.pulumi.com/docs/iac/concepts/providers/dynamic-providers/
 * https://github.com/pulumi/pulumi/blob/v3.248.0/sdk/nodejs/cmd/dynamic-provider/index.ts
 */
export abstract class CheckoutResource extends pulumi.CustomResource {
  /**
   * @param source - A file that moves strands the states that name it.
   * @param type - Of the resource, after `pulumi-nodejs:dynamic/mlops:`.
   * @param props - Inputs; and each output that the provider adds, as undefined.
   */
  protected constructor(
    source: ProviderSource,
    type: string,
    name: string,
    props: pulumi.Inputs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const inputs = { ...props, __provider: providerText(source, process.cwd()) };
    super(`pulumi-nodejs:dynamic/mlops:${type}`, name, inputs, opts);
  }
}

/**
 * The module that the engine evaluates to get the provider.
 * @param project - Folder that it will run in; the text is the same wherever the checkout is.
 */
export function providerText({ file, name }: ProviderSource, project: string): string {
  const path = relative(project, resolve(__dirname, file)).replaceAll("\\", "/");
  return (
    'require("tsx/cjs"); exports.handler = () => ' +
    `new (require(require("node:path").resolve(${JSON.stringify(path)})).${name})();`
  );
}
