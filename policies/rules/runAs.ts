import type { ResourceRule } from "../rule";
import { TYPES } from "../types";
import { UNKNOWN, at } from "../values";

/** Whose rights code has at work: not those of the person who deployed last. */
export const runAs: ResourceRule = {
  name: "run-as",
  description: "Jobs and pipelines run as a service principal where the environment demands it.",
  checkResource: ({ type, name, properties }, { settings }) => {
    if (!settings.runAs || (type !== TYPES.job && type !== TYPES.pipeline)) return [];
    const principal = at(properties, "runAs", "servicePrincipalName");
    if (principal === UNKNOWN || (typeof principal === "string" && principal !== "")) return [];
    const user = at(properties, "runAs", "userName");
    const who = typeof user === "string" ? `the user ${user}` : "whoever deploys it";
    return [
      {
        found: `${name} runs as ${who}`,
        fix:
          "Set mlops:environment.jobs.runAs to the application id of a service principal, " +
          "or runAs.servicePrincipalName of the resource",
      },
    ];
  },
};
