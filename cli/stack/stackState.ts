import { z } from "zod";

/**
 * A resource in a stack's state; the shape is ResourceV3 in
 * https://github.com/pulumi/pulumi/blob/master/sdk/go/common/apitype/deployments.go
 */
const resource = z.object({
  urn: z.string(),
  type: z.string(),
  /** None of a component. */
  id: z.string().optional(),
  /** URN; none of the stack itself. */
  parent: z.string().optional(),
  outputs: z.record(z.string(), z.unknown()).default({}),
});

/** A stack that was never deployed has no deployment, or one without resources. */
const stackExport = z.object({
  deployment: z.object({ resources: z.array(resource).default([]) }).nullish(),
});

/** What a stack's state says of one resource. */
export type DeployedResource = z.output<typeof resource>;

/**
 * The resources in a stack's state, in the order in which they were made.
 * @param exported - What `pulumi stack export` printed.
 * @throws Error if that is no state.
 */
export function readResources(exported: string): DeployedResource[] {
  return stackExport.parse(JSON.parse(exported)).deployment?.resources ?? [];
}
