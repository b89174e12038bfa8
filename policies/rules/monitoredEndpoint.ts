import type { Finding, Resource, StackRule } from "../rule";
import { TYPES, ancestor } from "../types";
import { UNKNOWN, at, each, type Value } from "../values";

/** Nobody notices a model that goes wrong, unless something measures it and somebody is told. */
export const monitoredEndpoint: StackRule = {
  name: "monitored-endpoint",
  description:
    "A model that has an endpoint has a monitor and an alert that run, where the environment demands it.",
  checkStack: (resources, { monitored }) =>
    monitored
      ? resources
          .filter(({ type }) => type === TYPES.endpoint)
          .flatMap((endpoint) => {
            const siblings = resources.filter((one) => whole(one) === whole(endpoint));
            return findings(endpoint, siblings).map((finding) => ({
              ...finding,
              resource: endpoint,
            }));
          })
      : [],
};

/** The model that a resource belongs to; without one, the topmost component that it is in. */
function whole(resource: Resource): string {
  const model = ancestor(resource, TYPES.model);
  if (model !== undefined) return model.urn;
  let top = resource;
  while (top.parent !== undefined && top.parent.type !== TYPES.stack) top = top.parent;
  return top.urn;
}

function findings(endpoint: Resource, siblings: readonly Resource[]): Finding[] {
  const isOf = (type: string) => (resource: Resource) => resource.type === type;
  const monitor = weakest(siblings.filter(isOf(TYPES.monitor)), monitorGap);
  const alert = weakest(siblings.filter(isOf(TYPES.alert)), alertGap);
  return [
    ...gap(
      endpoint,
      "monitor",
      monitor,
      "DataQualityMonitor with a schedule; MonitoredEndpoint makes one",
    ),
    ...gap(
      endpoint,
      "alert",
      alert,
      "AlertV2 that is not paused and tells somebody; MonitoredEndpoint makes one",
    ),
  ];
}

/** Of several, one that works is enough: what is wrong with the best, and that there is none at all. */
function weakest(
  found: readonly Resource[],
  gapOf: (resource: Resource) => string | undefined,
): string | undefined {
  const gaps = found.map(gapOf);
  return gaps.length === 0
    ? "has none"
    : gaps.every((one) => one !== undefined)
      ? gaps[0]
      : undefined;
}

function gap(endpoint: Resource, what: string, is: string | undefined, make: string): Finding[] {
  if (is === undefined) return [];
  return [
    {
      found: `The endpoint ${endpoint.name} has no ${what} that works: its model ${is}`,
      fix: `Give the model a ${make}`,
    },
  ];
}

function monitorGap({ name, properties }: Resource): string | undefined {
  const cron = at(properties, "dataProfilingConfig", "schedule", "quartzCronExpression");
  return isThere(cron) ? undefined : `has ${name}, which has no schedule`;
}

function alertGap({ name, properties }: Resource): string | undefined {
  if (at(properties, "schedule", "pauseStatus") === "PAUSED") return `has ${name}, which is paused`;
  const subscriptions = at(properties, "evaluation", "notification", "subscriptions");
  const told = subscriptions === UNKNOWN || each(subscriptions).length > 0;
  return told ? undefined : `has ${name}, which tells nobody`;
}

const isThere = (value: Value): boolean => value !== null && value !== "";
