import { operations, words, type Operation } from "../operations";
import { headingOf, type Group, type Report } from "../report";
import type { Resource } from "../resources";
import { fullNameOf } from "../fullName";
import { countKinds, inOrder, isSmall } from "../kinds";
import { shorten } from "../values";
import type { Block } from "./blocks";
import { change } from "./change";
import { code, escapeMarkdown } from "./escape";
import { row, table } from "./table";

const ranks = { summary: 7, plan: 8 } as const;

/** As many changed properties as a reader takes in at a glance. */
const FEW = 4;

/** What changes in each model, in short. */
export function modelSections({ groups }: Report): Block[] {
  return groups.flatMap((group) => {
    const heading = `#### ${escapeMarkdown(shorten(headingOf(group), 120))}: ${summary(group)}`;
    const made = group.resources.filter(({ isComponent }) => !isComponent);
    const updates = made.filter(({ operation }) => operation === "update");
    const created = made.filter(
      ({ operation }) =>
        operation !== "update" && operation !== "delete" && operation !== "replace",
    );
    const lists = created.length === 0 ? [] : [newResources(created)];
    const rows = updates.map((one) => [
      `${escapeMarkdown(one.kind)} ${code(shorten(one.name, 120))}`,
      changes(one),
    ]);
    const changed = table("", ["✏️ Updated", "Changes"], rows, ranks.summary);
    const blocks = [...lists, ...(rows.length === 0 ? [] : [changed])];
    const [first, ...others] = blocks;
    if (first === undefined) return [];
    const before = first.before === "" ? `${heading}\n` : `${heading}\n\n${first.before}`;
    return [{ ...first, before }, ...others];
  });
}

/** e.g. `replaces 1, updates 2`. */
export function summary({ resources }: Group): string {
  const made = resources.filter(({ isComponent }) => !isComponent);
  const parts = operations.flatMap((operation) => {
    const count = made.filter((one) => one.operation === operation).length;
    return count === 0 ? [] : [`${words[operation].does} ${String(count)}`];
  });
  return parts.join(", ");
}

/** Large ones by name, the others by number. */
function newResources(resources: readonly Resource[]): Block {
  const lines = operations.flatMap((operation) => {
    const some = resources.filter((one) => one.operation === operation);
    if (some.length === 0) return [];
    const large = some.filter(({ type }) => !isSmall(type));
    const kinds = inOrder(large.map(({ kind }) => kind)).map((kind) => {
      const names = large
        .filter((one) => one.kind === kind)
        .map(({ name }) => code(shorten(name, 120)));
      const others = names.length - SHOWN;
      const more = others > 0 ? ` and ${String(others)} more` : "";
      return `${escapeMarkdown(kind)} ${names.slice(0, SHOWN).join(", ")}${more}`;
    });
    const details = countKinds(some.filter(({ type }) => isSmall(type)).map(({ kind }) => kind));
    const all = [...kinds, ...(details.length === 0 ? [] : [escapeMarkdown(details.join(", "))])];
    return all.map((text) => `- ${words[operation].icon} ${words[operation].done}: ${text}`);
  });
  return {
    before: "",
    items: lines,
    after: "",
    rank: ranks.summary,
    rest: (left) => `- … and ${String(left)} lines more`,
  };
}

/** As many names of one kind as fit into a line or two. */
const SHOWN = 6;

function changes({ changes: all }: Resource): string {
  if (all.length === 0) return "*the provider does not say what*";
  const shown = all.slice(0, FEW).map(change).join("<br>");
  return all.length <= FEW
    ? shown
    : `${shown}<br>… and ${String(all.length - FEW)} more properties`;
}

/** Every changed resource with every changed property, folded. */
export function planSections({ groups }: Report): Block[] {
  return groups.map((group) => {
    const made = group.resources.filter(({ isComponent }) => !isComponent);
    const title = `Full plan of ${escapeMarkdown(shorten(group.home.name, 120))}: ${summary(group)}`;
    return {
      before:
        `<details><summary>${title}</summary>\n\n` +
        `${row(["", "Resource", "Name", "Changes, or full name"])}\n|${" --- |".repeat(4)}`,
      items: made.map((one) =>
        row([
          operationCell(one.operation),
          escapeMarkdown(one.kind),
          code(shorten(one.name, 160)),
          one.changes.length > 0 ? one.changes.map(change).join("<br>") : calledAs(one),
        ]),
      ),
      after: "\n</details>",
      rank: ranks.plan,
      rest: (left: number) => row([`… and ${String(left)} more`, "", "", ""]),
    };
  });
}

/** The name in the workspace, where that is not the one in the program. */
function calledAs(resource: Resource): string {
  const name = fullNameOf(resource);
  return name === undefined || name === resource.name ? "" : code(shorten(name, 160));
}

function operationCell(operation: Operation): string {
  const { icon, done } = words[operation];
  const text =
    operation === "delete" || operation === "replace" ? `<strong>${done}</strong>` : done;
  return `${icon} ${text}`;
}
