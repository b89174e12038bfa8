"use strict";
// A program that registers what a test lists, so that each test shows the resources that it is about.
Error.prepareStackTrace = undefined;
const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");

/** Known in an update only. */
class Later extends pulumi.dynamic.Resource {
  constructor(name, text) {
    super({ create: async () => ({ id: "later", outs: { text } }) }, name, { text: undefined });
  }
}

/** Has the type of the promotion gate, whose own code needs a workspace. */
class Gate extends pulumi.dynamic.Resource {
  constructor(name, properties, options) {
    const provider = { create: async (inputs) => ({ id: "gate", outs: inputs }) };
    super(provider, name, properties, options, "mlops", "PromotionGate");
  }
}

/** Replaces `{ later: text }` by an output that has the text once the update has got there. */
function outputs(value) {
  if (Array.isArray(value)) return value.map(outputs);
  if (typeof value !== "object" || value === null) return value;
  if (typeof value.later === "string")
    return new Later(`later-${value.later.length}`, value.later).text;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, outputs(inner)]));
}

const made = new Map();
const file = new pulumi.Config().require("resources");
for (const entry of JSON.parse(readFileSync(file, "utf8"))) {
  const { type, name, properties, protect, parent, dependsOn = [] } = entry;
  const options = {
    protect,
    parent: made.get(parent),
    dependsOn: dependsOn.map((other) => made.get(other)),
  };
  made.set(name, register(type, name, outputs(properties ?? {}), options));
}

function register(type, name, properties, options) {
  if (type === "PromotionGate") return new Gate(name, properties, options);
  if (type.startsWith("mlops:")) return new pulumi.ComponentResource(type, name, {}, options);
  return new pulumi.CustomResource(type, name, properties, options);
}
