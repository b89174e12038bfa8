/** A resource id taken apart: `{scope}/providers/{namespace}/{type}/{name}/{type}/{name}…`. */
export interface ArmId {
  /** What the resource is in or is about: a resource group, subscription or another resource. */
  readonly scope: string;
  /** e.g. `Microsoft.Storage/storageAccounts/blobServices/containers`. */
  readonly type: string;
  readonly name: string;
  /** The resource that it is a part of, if any, e.g. the storage account of a container. */
  readonly parent: string | undefined;
}

const GROUP = /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)$/i;
const SUBSCRIPTION = /^\/subscriptions\/[^/]+$/i;

/** @throws Error if it is no id of a resource. */
export function parseArmId(id: string): ArmId {
  const group = GROUP.exec(id)?.[1];
  if (group !== undefined) {
    const scope = id.slice(0, id.lastIndexOf("/resourceGroups/"));
    return { scope, type: "Microsoft.Resources/resourceGroups", name: group, parent: undefined };
  }
  const at = id.toLowerCase().lastIndexOf("/providers/");
  const [namespace, ...pairs] = at < 0 ? [] : id.slice(at + "/providers/".length).split("/");
  const name = pairs.at(-1);
  if (namespace === undefined || name === undefined || pairs.length % 2 !== 0) {
    throw new Error(`${id} is no id of an Azure resource`);
  }
  const types = pairs.filter((_each, index) => index % 2 === 0);
  return {
    scope: id.slice(0, at),
    type: [namespace, ...types].join("/"),
    name,
    parent: pairs.length > 2 ? id.split("/").slice(0, -2).join("/") : undefined,
  };
}

/** Whether an id is a subscription's, a management group's or the root: these are always there. */
export function isGivenScope(id: string): boolean {
  return (
    SUBSCRIPTION.test(id) ||
    id === "" ||
    id === "/" ||
    /^\/providers\/Microsoft\.Management\/managementGroups\/[^/]+$/i.test(id)
  );
}

/** Whether the first id is the other one or of something below it. */
export function isWithin(id: string, other: string): boolean {
  const [inner, outer] = [id.toLowerCase(), other.toLowerCase()];
  return inner === outer || inner.startsWith(`${outer}/`);
}
