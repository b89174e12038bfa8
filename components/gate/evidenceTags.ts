import { canonicalJson, digestOf } from "./digest";
import { isStatement } from "./isStatement";
import { isAbout, type Ground, type Statement } from "./statement";

/*
 * Evidence of a promotion, and its way into the tags of the version and back. It proves that nobody has
 * changed it by accident or in part; it is not signed, so who may write all tags of a version can write other
 * evidence. The digest is in the stack's state too, which they cannot write.
 */

/** The version tag of the evidence's digest, and the beginning of those that hold the evidence itself. */
export const DIGEST_TAG = "mlops_gate_evidence_digest";
const CHUNK_TAG = "mlops_gate_evidence_";

/** The most that a tag's value can hold: https://docs.databricks.com/aws/en/database-objects/tags */
const TAG_LENGTH = 1000;
/** An object has up to 50 tags; these leave room for the gate's others, the jobs', and the team's. */
const MOST_CHUNKS = 30;

/**
 * The tags that hold a statement, in the order in which they are to be written: the digest last, so that what
 * is written half is not intact. Each part says how many there are: those that longer evidence of before has
 * left behind count for nothing.
 * @throws Error if it needs more tags than a version can have.
 */
export function evidenceTags(statement: Statement, digest: string): Record<string, string> {
  const chunks = split(asText(statement), TAG_LENGTH - `${MOST_CHUNKS}/${MOST_CHUNKS}:`.length);
  if (chunks.length > MOST_CHUNKS) {
    const most = MOST_CHUNKS * TAG_LENGTH;
    throw new Error(
      `The evidence for ${statement.predicate.resourceUri} is longer than the ${most} characters that its ` +
        "tags can hold: the gate has too many rules, or a reason that is too long.",
    );
  }
  const tags = chunks.map((chunk, index) => {
    const number = index + 1;
    return [`${CHUNK_TAG}${number}`, `${number}/${chunks.length}:${chunk}`] as const;
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
export type Evidence =
  | { readonly state: "none" }
  | { readonly state: "broken"; readonly why: string }
  | {
      readonly state: "intact";
      readonly statement: Statement;
      /** SHA-256, as {@link digestOf} the statement. */
      readonly digest: string;
      /** RFC 3339. */
      readonly promotedAt: string;
      readonly previousChampion: string | null;
      readonly ground: Ground;
    };

/**
 * Reads the evidence that {@link evidenceTags} wrote. What is not exactly as it was written, is about another
 * version, or contradicts itself is broken; so is what an interrupted promotion has written half.
 */
export async function readEvidence(
  tags: Readonly<Record<string, string>>,
  model: string,
  version: string,
): Promise<Evidence> {
  const written = Object.hasOwn(tags, DIGEST_TAG) ? tags[DIGEST_TAG] : undefined;
  if (written === undefined && !Object.hasOwn(tags, `${CHUNK_TAG}1`)) return { state: "none" };
  const { text, why } = joined(tags);
  if (text === undefined) return { state: "broken", why };
  const statement = statementIn(text);
  if (statement === undefined) return { state: "broken", why: "it is no evidence of a promotion" };
  const digest = await digestOf(statement);
  if (written !== `sha256:${digest}`) {
    return { state: "broken", why: "its digest does not match" };
  }
  if (!isAbout(statement, model, version)) {
    return { state: "broken", why: `it is about ${statement.predicate.resourceUri}` };
  }
  const { timeVerified, promotion } = statement.predicate;
  const { ground, previousChampion = null } = promotion;
  return { state: "intact", statement, digest, promotedAt: timeVerified, previousChampion, ground };
}

interface Joined {
  readonly text?: string;
  /** Why there is no text. */
  readonly why: string;
}

function joined(tags: Readonly<Record<string, string>>): Joined {
  const valueOf = (number: number): string => {
    const key = `${CHUNK_TAG}${number}`;
    return Object.hasOwn(tags, key) ? (tags[key] ?? "") : "";
  };
  const count = Number(/^1\/([1-9]\d?):/.exec(valueOf(1))?.[1] ?? NaN);
  if (!(count <= MOST_CHUNKS)) return { why: "its first part is missing or was changed" };
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
