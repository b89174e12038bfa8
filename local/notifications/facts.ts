import Mustache from "mustache";

/** What a mail tells, as names and values. */
export type Facts = readonly (readonly [name: string, value: string])[];

/** One line for each fact. */
export function factLines(facts: Facts): string {
  return facts.map(([name, value]) => `${name}: ${value}`).join("\n");
}

/** An HTML table with one row for each fact. */
export function factTable(facts: Facts): string {
  const rows = facts.map(
    ([name, value]) =>
      `<tr><th align="left">${Mustache.escape(name)}</th><td>${linked(value)}</td></tr>`,
  );
  return ["<table>", ...rows, "</table>"].join("\n");
}

function linked(value: string): string {
  const text = Mustache.escape(value);
  return /^https?:\/\/\S+$/.test(value) ? `<a href="${text}">${text}</a>` : text;
}
