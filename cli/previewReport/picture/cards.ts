import { wordOf, type Gate, type Standing } from "../gate";
import { isOfGate } from "../gates";
import { leaves } from "../changes";
import { fullNameOf } from "../fullName";
import { isSmall, kindOf } from "../kinds";
import { operations, words, type Operation } from "../operations";
import type { Group, Report } from "../report";
import type { Resource } from "../resources";
import { compare } from "../text";
import { parseUrn } from "../../stack/urn";

/** A part of a model in its picture: a component with all that it makes, or a resource by itself. */
export interface Card {
  readonly urn: string;
  /** What it is, e.g. `training job`. */
  readonly kind: string;
  /** Its name, without the model's in front. */
  readonly name: string;
  /** The gravest operation in it, or what its gate says; how the card looks. */
  readonly look: Operation | "unchanged" | "bad" | "good";
  /** In words: `created`, `1 replaced, 2 updated`, or a gate's verdict. */
  readonly status: string;
}

/** A model's parts, and which of them needs which. */
export interface Picture {
  readonly cards: readonly Card[];
  /** URNs of cards: `to` needs `from`. None follows from two others. */
  readonly arrows: readonly { readonly from: string; readonly to: string }[];
}

const ROOTS = new Set([
  "mlops:index:ModelStack",
  "mlops:index:Platform",
  "mlops:index:AzureFoundation",
  "pulumi:pulumi:Stack",
  "",
]);

/** What the picture of a group shows: its changed parts, and unchanged ones that these need. */
export function pictureOf({ home, resources }: Group, { parents, gates }: Report): Picture {
  const parentOf = new Map([
    ...parents,
    ...resources.map(({ urn, parent }) => [urn, parent] as const),
  ]);
  const cardOf = cardFinder(parentOf);
  const members = new Map<string, Resource[]>();
  for (const one of resources) {
    const card = cardOf(one.urn);
    if (!one.isComponent && card !== undefined)
      members.set(card, [...(members.get(card) ?? []), one]);
  }
  const owners = ownersOf(members);
  const needs = new Map<string, Set<string>>();
  for (const [card, inside] of members) {
    const declared = inside.flatMap(({ dependencies }) => dependencies).map(cardOf);
    const named = inside.flatMap(namesIn).map((name) => owners.get(name));
    const others = [...declared, ...named]
      .filter((one) => one !== undefined)
      .filter((one) => one !== card && isNear(one, card, parentOf));
    needs.set(card, new Set(others));
  }
  const urns = [...new Set([...members.keys(), ...[...needs.values()].flatMap((set) => [...set])])];
  const cards = urns
    .map((urn) => describe(urn, members.get(urn) ?? [], home.name, gates))
    .sort((a, b) => compare(a.urn, b.urn));
  return { cards, arrows: withoutDetours(needs) };
}

/** The card that makes what others call by a full name: a table, a model, an experiment. */
function ownersOf(members: ReadonlyMap<string, readonly Resource[]>): ReadonlyMap<string, string> {
  return new Map(
    [...members].flatMap(([card, inside]) =>
      inside.flatMap((one) => {
        const name = isSmall(one.type) ? undefined : fullNameOf(one);
        return name !== undefined && /[./]/.test(name) ? [[name, card] as const] : [];
      }),
    ),
  );
}

/** Texts in a resource's properties that may be such a name: a task gets the names of its tables as arguments. */
function namesIn({ type, before, after }: Resource): string[] {
  if (isSmall(type)) return [];
  const properties = Object.keys(after).length > 0 ? after : before;
  return leaves("", properties).flatMap(([, value]) =>
    typeof value === "string" ? [value, ...(value.match(/[\w-]+(?:\.[\w-]+){2}/g) ?? [])] : [],
  );
}

/**
 * The card of a resource: its outermost ancestor that makes a resource itself. What only holds components together
 * has no card of its own.
 */
function cardFinder(parentOf: ReadonlyMap<string, string>): (urn: string) => string | undefined {
  const makers = new Set(
    [...parentOf].flatMap(([urn, parent]) =>
      parseUrn(urn).type.startsWith("mlops:") ? [] : [parent],
    ),
  );
  return (urn) => {
    const chain: string[] = [];
    for (
      let at = urn;
      !ROOTS.has(parseUrn(at).type) && !chain.includes(at);
      at = parentOf.get(at) ?? ""
    )
      chain.unshift(at);
    return chain.find((one) => makers.has(one) || !parseUrn(one).type.startsWith("mlops:"));
  };
}

/** Whether two cards belong to the same model or part of the environment. */
function isNear(a: string, b: string, parentOf: ReadonlyMap<string, string>): boolean {
  const rootOf = (urn: string) => {
    const seen = new Set<string>();
    let at = urn;
    while (!seen.has(at)) {
      seen.add(at);
      if (ROOTS.has(parseUrn(at).type)) return at;
      at = parentOf.get(at) ?? "";
    }
    return at;
  };
  return rootOf(a) === rootOf(b);
}

function describe(
  urn: string,
  inside: readonly Resource[],
  model: string,
  gates: readonly Gate[],
): Card {
  const { type, name } = parseUrn(urn);
  const short = name.startsWith(`${model}-`) ? name.slice(model.length + 1) : name;
  const counted = operations.flatMap((operation) => {
    const count = inside.filter((one) => one.operation === operation).length;
    return count === 0 ? [] : [{ operation, count }];
  });
  const [first] = counted;
  const texts = counted.map(({ operation, count }) => `${String(count)} ${words[operation].done}`);
  const status =
    counted.length === 1 && first !== undefined ? words[first.operation].done : texts.join(", ");
  const verdict = verdictOf(inside, gates);
  return {
    urn,
    kind: kindOf(type),
    name: short,
    look: verdict?.look ?? first?.operation ?? "unchanged",
    status: verdict?.status ?? (status === "" ? "unchanged" : status),
  };
}

/** A gate is not so much changed as it decides. */
function verdictOf(
  inside: readonly Resource[],
  gates: readonly Gate[],
): Pick<Card, "look" | "status"> | undefined {
  const [only] = inside;
  if (only === undefined || !isOfGate(only) || only.operation === "delete") return undefined;
  const model = typeof only.after["model"] === "string" ? only.after["model"] : "";
  const gate = gates.find((one) => one.model === model.split(".").at(-1));
  if (gate === undefined) return undefined;
  const { standing, version } = gate;
  const head = version === undefined ? words[only.operation].done : `v${version}`;
  return {
    look: BAD.includes(standing) ? "bad" : standing === "PROMOTED" ? "good" : only.operation,
    status: `${head}: ${wordOf(gate).toLowerCase()}`,
  };
}

const BAD: readonly Standing[] = [
  "ERROR",
  "SUPERSEDED",
  "BLOCKED",
  "PROMOTED BY BREAKGLASS",
  "INCONCLUSIVE",
  "REFUSED",
];

/** Leaves out each arrow between cards that are connected by a longer way too. */
function withoutDetours(needs: ReadonlyMap<string, ReadonlySet<string>>): Picture["arrows"] {
  const reaches = (from: string, to: string, seen: Set<string>): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return [...(needs.get(from) ?? [])].some((next) => reaches(next, to, seen));
  };
  return [...needs].flatMap(([to, all]) =>
    [...all]
      .filter((from) => {
        const others = [...all].filter((one) => one !== from);
        return !others.some((one) => reaches(one, from, new Set([to])));
      })
      .map((from) => ({ from, to })),
  );
}
