import type * as pulumi from "@pulumi/pulumi";

interface Configurable {
  configure(request: pulumi.dynamic.ConfigureRequest): Promise<void>;
}

/** A dynamic provider as the engine starts it: with the stack's configuration, by full key. */
export async function startedProvider<P extends Configurable>(
  provider: P,
  config: Readonly<Record<string, string>>,
): Promise<P> {
  const get = (key: string): string | undefined => config[key];
  const required = (key: string): string => {
    throw new Error(`${key} is required, which no provider of this project does.`);
  };
  await provider.configure({ config: { get, require: required } });
  return provider;
}
