/** Parts of a resource's unique name: https://www.pulumi.com/docs/iac/concepts/resources/names/#urns */
export interface Urn {
  readonly stack: string;
  readonly project: string;
  /** Types of its ancestors, outermost first; the stack is none of them. */
  readonly ancestors: readonly string[];
  readonly type: string;
  readonly name: string;
}

/** Takes a URN apart; of a text that is none, all of it is the name. */
export function parseUrn(urn: string): Urn {
  const match = /^urn:pulumi:([^]*?)::([^]*?)::([^]*?)::([^]*)$/.exec(urn);
  const [, stack = "", project = "", types = "", name = urn] = match ?? [];
  const ancestors = types.split("$");
  return { stack, project, type: ancestors.pop() ?? "", ancestors, name };
}
