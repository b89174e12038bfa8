import { differences, leaves, type Change } from "./changes";
import type { Resource } from "./resources";

/** A change of a property that has a price. */
export interface CostChange extends Pick<Change, "path" | "before" | "after"> {
  readonly resource: Resource;
}

/**
 * Paths of properties that decide what a resource costs, by the last part of its type. Not their price: that
 * depends on contract and use.
 */
const priced: Readonly<Record<string, RegExp>> = {
  ModelServing:
    /\.(workloadSize|workloadType|scaleToZeroEnabled|(min|max)ProvisionedThroughput|instanceProfileArn)$/,
  SqlEndpoint:
    /^(clusterSize|(min|max)NumClusters|autoStopMins|enableServerlessCompute|warehouseType)$/,
  Job: /^schedule\.(quartzCronExpression|pauseStatus)$|^(trigger|continuous)\.|(numWorkers|nodeTypeId|instancePoolId|(min|max)Workers|performanceTarget)$/,
  DataQualityMonitor: /schedule\.(quartzCronExpression|pauseStatus)$/i,
  AlertV2: /^schedule\.(quartzCronSchedule|pauseStatus)$/,
  Pipeline: /(numWorkers|nodeTypeId|(min|max)Workers|continuous|serverless)$/,
};

/** Azure resources name what they are billed by alike. */
const AZURE =
  /(^|\.)(sku(\.(name|tier|capacity))?$|tier$|retentionInDays$|dailyQuotaGb$|amount$|workspaceCapping\.|zoneRedundancy$|pricingTier$)/;

/** The cost-relevant properties that a plan changes; of a new or deleted resource, all of those that it has. */
export function costChanges(resources: readonly Resource[]): CostChange[] {
  return resources.flatMap((resource) =>
    propertiesOf(resource)
      .filter(({ path }) => isPriced(resource.type, path))
      // Whether it is paused is worth a line where that changes.
      .filter(({ path }) => resource.operation === "update" || !path.endsWith("pauseStatus"))
      .map(({ path, before, after }) => ({ resource, path, before, after })),
  );
}

function propertiesOf({ operation, before, after }: Resource): Omit<Change, "replaces">[] {
  if (operation === "create" || operation === "import")
    return leaves("", after).map(([path, value]) => ({ path, before: undefined, after: value }));
  if (operation === "delete")
    return leaves("", before).map(([path, value]) => ({ path, before: value, after: undefined }));
  if (operation === "read") return [];
  return withinLists(before, after);
}

/** What differs in single values, in lists as well. */
function withinLists(
  before: Resource["before"],
  after: Resource["after"],
): Omit<Change, "replaces">[] {
  return differences(
    "",
    Object.fromEntries(leaves("", before)),
    Object.fromEntries(leaves("", after)),
  ).map((change) => ({ ...change, path: plain(change.path) }));
}

/** A path that served as a key comes back quoted. */
function plain(path: string): string {
  const quoted = /^\[(".*")\]$/.exec(path)?.[1];
  return quoted === undefined ? path : String(JSON.parse(quoted));
}

function isPriced(type: string, path: string): boolean {
  if (type.startsWith("azure-native:")) return AZURE.test(path);
  const last = type.split(/[:/]/).at(-1) ?? "";
  return Object.hasOwn(priced, last) && priced[last]?.test(path) === true;
}
