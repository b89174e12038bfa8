/**
 * Loads a module of this checkout, in whose folder the engine's process runs. For dynamic providers: what they
 * are made of is kept in the state with each resource, and would be the code of the last update there; what is
 * loaded is as small as its name, and as new as the checkout.
 * https://www.pulumi.com/docs/iac/concepts/providers/dynamic-providers/
 * @param file - From the checkout's root, beginning with `./`.
 */
export async function ownCode(file: string): Promise<unknown> {
  const tsx = await import("tsx/cjs/api");
  return tsx.require(file, `${process.cwd()}/package.json`);
}
