import { canonicalJson, digestOf } from "./digest";
import { isStatement } from "./isStatement";
import { isAbout, type Ground, type Statement } from "./statement";

/*
 * Evidence of a promotion, and its way into the tags of the version and back. It proves that nobody has
 * changed it by accident or in part; it is not signed, so who may write all tags of a version can write other
 * evidence. The digest is in the stack's state too, which they cannot write.
 */

/** The version tag of the evidence's digest. Writing it makes evidence valid, and the one before void. */
export const DIGEST_TAG = "mlops_gate_evidence_digest";

/**
 * The beginnings of the tags that hold evidence, in parts with a number. There are two places: a version that is
 * promoted once more gets its new evidence beside the old, which holds until the new one is complete.
 */
const PLACES = ["mlops_gate_evidence_", "mlops_gate_evidence_b"] as const;

/** The most that a tag's value can hold: https://docs.databricks.com/aws/en/database-objects/tags */
const TAG_LENGTH = 1000;
/** An object has up to 50 tags; two places leave room for the gate's others, the jobs', and the team's. */
const MOST_CHUNKS = 18;

/**
 * The tags that hold a statement, in the order in which they are to be written: the digest last. Each part says
 * how many there are: those that longer evidence of before has left behind count for nothing.
 * @param before - The evidence that the version has; without it, or if that is not intact, nothing is spared.
 * @throws Error if it needs more tags than a version can have.
 */
export function evidenceTags(
  statement: Statement,
  digest: string,
  before: Evidence = { state: "none" },
): Record<string, string> {
  const chunks = split(asText(statement), TAG_LENGTH - `${MOST_CHUNKS}/${MOST_CHUNKS}:`.length);
  if (chunks.length > MOST_CHUNKS) {
    const most = MOST_CHUNKS * TAG_LENGTH;
    throw new Error(
      `The evidence for ${statement.predicate.resourceUri} is longer than the ${most} characters that its ` +
        "tags can hold: the gate has too many rules, or a reason that is too long.",
    );
  }
  const place = PLACES.find((one) => before.state !== "intact" || one !== before.place);
  const tags = chunks.map((chunk, index) => {
    const number = index + 1;
    return [`${place ?? PLACES[0]}${number}`, `${number}/${chunks.length}:${chunk}`] as const;
  });
  return { ...Object.fromEntries(tags), [DIGEST_TAG]: `sha256:${digest}` };
}

/** Printable ASCII without two spaces in a row: what no tag changes, and what can be cut anywhere but after a space. */
function asText(statement: Statement): string {
  return canonicalJson(statement).replace(
    /(?<= ) |[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function split(text: string, length: number): string[] {
  const chunks: string[] = [];
  for (let from = 0; from < text.length;) {
    const to = from + length;
    // A value must not end with a space.
    const end = to < text.length && text[to - 1] === " " ? to - 1 : to;
    chunks.push(text.slice(from, end));
    from = end;
  }
  return chunks;
}

/** What the tags of a version say about its promotion. */
export type Evidence = { readonly state: "none" } | BrokenEvidence | IntactEvidence;

/** Evidence that is not as it was written, or not about the version that has it. */
export interface BrokenEvidence {
  readonly state: "broken";
  /** What is wrong, a clause: `its digest does not match`. */
  readonly why: string;
}

/** Evidence as it was written. */
export interface IntactEvidence {
  readonly state: "intact";
  readonly statement: Statement;
  /** SHA-256, as `digestOf` the statement. */
  readonly digest: string;
  /** RFC 3339. */
  readonly promotedAt: string;
  readonly previousChampion: string | null;
  readonly ground: Ground;
  /** Where it stands; the other place is free. */
  readonly place: (typeof PLACES)[number];
}

/**
 * Reads the evidence that {@link evidenceTags} wrote. What is not exactly as it was written, is about another
 * version, or contradicts itself is broken; so is a version's first evidence while it is written.
 */
export async function readEvidence(
  tags: Readonly<Record<string, string>>,
  model: string,
  version: string,
): Promise<Evidence> {
  const used = PLACES.filter((place) => Object.hasOwn(tags, `${place}1`));
  if (used.length === 0 && !Object.hasOwn(tags, DIGEST_TAG)) return { state: "none" };
  const found = await Promise.all(used.map((place) => readPlace(tags, place)));
  const intact = found.find((one) => one.state === "intact");
  if (intact === undefined)
    return found[0] ?? { state: "broken", why: "its first part is missing" };
  if (isAbout(intact.statement, model, version)) return intact;
  return { state: "broken", why: `it is about ${intact.statement.predicate.resourceUri}` };
}

async function readPlace(
  tags: Readonly<Record<string, string>>,
  place: IntactEvidence["place"],
): Promise<BrokenEvidence | IntactEvidence> {
  const { text, why } = joined(tags, place);
  if (text === undefined) return { state: "broken", why };
  const statement = statementIn(text);
  if (statement === undefined) return { state: "broken", why: "it is no evidence of a promotion" };
  const digest = await digestOf(statement);
  if (!Object.hasOwn(tags, DIGEST_TAG) || tags[DIGEST_TAG] !== `sha256:${digest}`) {
    return { state: "broken", why: "its digest does not match" };
  }
  const { timeVerified: promotedAt, promotion } = statement.predicate;
  const { ground, previousChampion = null } = promotion;
  return { state: "intact", statement, digest, promotedAt, previousChampion, ground, place };
}

interface Joined {
  readonly text?: string;
  /** Why there is no text. */
  readonly why: string;
}

function joined(tags: Readonly<Record<string, string>>, place: string): Joined {
  const valueOf = (number: number): string => {
    const key = `${place}${number}`;
    return Object.hasOwn(tags, key) ? (tags[key] ?? "") : "";
  };
  const count = Number(/^1\/([1-9]\d?):/.exec(valueOf(1))?.[1] ?? NaN);
  if (!(count <= MOST_CHUNKS)) return { why: "its first part was changed" };
  let text = "";
  for (let number = 1; number <= count; number++) {
    const head = `${number}/${count}:`;
    const value = valueOf(number);
    if (!value.startsWith(head)) {
      return { why: `its part ${number} of ${count} is missing or was changed` };
    }
    text += value.slice(head.length);
  }
  return { text, why: "" };
}

/** The statement that is written there; undefined if there is none, or if it is written in any other way. */
function statementIn(text: string): Statement | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isStatement(value) && asText(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}
