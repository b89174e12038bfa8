/** What happens to a resource; in the order in which a reader should learn of it. */
export const operations = ["delete", "replace", "update", "create", "import", "read"] as const;

/** See {@link operations}. */
export type Operation = (typeof operations)[number];

/** Each operation in words: what the update does, and what is done. */
export const words: Readonly<Record<Operation, { does: string; done: string; icon: string }>> = {
  delete: { does: "deletes", done: "deleted", icon: "🗑️" },
  replace: { does: "replaces", done: "replaced", icon: "♻️" },
  update: { does: "updates", done: "updated", icon: "✏️" },
  create: { does: "creates", done: "created", icon: "✨" },
  import: { does: "imports", done: "imported", icon: "📥" },
  read: { does: "reads", done: "read", icon: "👁️" },
};

const steps: Readonly<Record<string, Operation>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "discard-replaced": "replace",
  "read-replacement": "read",
  "import-replacement": "replace",
  read: "read",
  refresh: "update",
  import: "import",
  discard: "delete",
};

/**
 * The operation of a step of the engine, undefined if nothing changes. A step that nobody knows of yet counts
 * as an update, so that it is seen.
 */
export function operationOf(op: string): Operation | undefined {
  if (op === "same" || op === "remove-pending-replace") return undefined;
  return Object.hasOwn(steps, op) ? steps[op] : "update";
}
