import { createHash } from "node:crypto";
import { z } from "zod";

const text = z.string();
const descriptor = z.object({
  name: text,
  digest: z.record(text, text).optional(),
  annotations: z.object({ name: text.optional() }).optional(),
});

/** The part of the gate's evidence that the page shows; its shape is that of in-toto's test results. */
const statement = z.object({
  predicate: z.object({
    result: text,
    configuration: z.array(descriptor),
    promotion: z.object({
      ground: text,
      reason: text,
      by: text.optional(),
      expires: text.optional(),
      approvers: z.array(text),
    }),
  }),
});

/** What the evidence of a promotion says, in words. */
export interface EvidenceView {
  /** `broken`: it is not as the promotion wrote it. */
  readonly state: "none" | "intact" | "broken";
  readonly facts: readonly { readonly key: string; readonly value: string }[];
}

/**
 * Joins the evidence that the gate left on a version, in parts such as `1/3:…`, and holds it against its digest.
 * @param tags - By their name without the gate's prefix: `evidence_digest`, `evidence_1` and so on.
 */
export function evidenceOf(tags: ReadonlyMap<string, string>): EvidenceView {
  const digest = tags.get("evidence_digest");
  if (digest === undefined && !tags.has("evidence_1")) return { state: "none", facts: [] };
  const said = parsed(joined(tags));
  // It was written with its keys in order, and JSON keeps the order that it has.
  const hash = createHash("sha256").update(JSON.stringify(said)).digest("hex");
  const { data } = statement.safeParse(said);
  if (data === undefined || digest !== `sha256:${hash}`)
    return { state: "broken", facts: [{ key: "evidence", value: "changed since the promotion" }] };
  return { state: "intact", facts: factsOf(data, hash) };
}

/** The names of the tags that {@link evidenceOf} reads. */
export const isEvidence = (name: string): boolean => /^evidence_(digest|\d+)$/.test(name);

function joined(tags: ReadonlyMap<string, string>): string {
  const count = Number(/^1\/(\d{1,2}):/.exec(tags.get("evidence_1") ?? "")?.[1] ?? 0);
  return Array.from({ length: count }, (_, index) => {
    const part = tags.get(`evidence_${index + 1}`) ?? "";
    return part.slice(part.indexOf(":") + 1);
  }).join("");
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

const grounds: Record<string, string> = {
  rules: "its rules",
  breakglass: "breakglass",
  rollback: "a rollback",
};

function factsOf({ predicate }: z.output<typeof statement>, hash: string): EvidenceView["facts"] {
  const { ground, reason, by, expires, approvers } = predicate.promotion;
  const named = (name: string) => predicate.configuration.find((one) => one.name === name);
  const dataset = named("dataset");
  const who = [
    Object.hasOwn(grounds, ground) ? grounds[ground] : ground,
    ...(by === undefined ? [] : [`by ${by}`]),
    ...(expires === undefined ? [] : [`until ${expires}`]),
  ];
  const all: [string, string | undefined][] = [
    ["promoted by", who.join(" ")],
    ["said for it", ground === "rules" ? undefined : reason],
    ["approved by", approvers.length === 0 ? undefined : approvers.join(", ")],
    [
      "data set",
      dataset && `${dataset.annotations?.name ?? ""} ${dataset.digest?.["mlflow"] ?? ""}`.trim(),
    ],
    ["commit", named("commit")?.digest?.["gitCommit"]?.slice(0, 12)],
    ["evidence", `intact, sha256 ${hash.slice(0, 12)}`],
  ];
  return all.flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
}
