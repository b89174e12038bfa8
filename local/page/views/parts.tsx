import type { ComponentChildren, VNode } from "preact";
import type { Reading } from "../reading";
import { span, utc } from "./format";

/** What a status means; shown by icon and text, the colour only repeats it. */
export type Tone = "good" | "busy" | "minor" | "bad" | "unknown" | "none";

/** Drawn on a grid of 16 × 16. */
const icons: Record<Tone, VNode> = {
  good: <path d="M2.5 8.5 6 12l7.5-8" />,
  busy: <path d="M8 2a6 6 0 1 1-6 6M8 5v3l2 2" />,
  minor: <path d="M8 2 1.5 14h13zM8 6.5v3.5M8 11.8v.4" />,
  bad: (
    <path d="M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3zM5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8" />
  ),
  unknown: <path d="M5 5.5a3 3 0 1 1 4.2 2.8C8.4 8.7 8 9.2 8 10M8 12.8v.4" />,
  none: <path d="M3 8h10" />,
};

/** A status: an icon, and the text that says it. */
export function Status({ tone, children }: { tone: Tone; children: ComponentChildren }): VNode {
  return (
    <span class={`status ${tone}`}>
      <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
        {icons[tone]}
      </svg>
      <span>{children}</span>
    </span>
  );
}

/** What is not there because nobody asked for it. */
export function NotConfigured({ children }: { children?: ComponentChildren }): VNode {
  return <Status tone="none">{children ?? "Not configured"}</Status>;
}

/** What could not be found out. */
export function Unknown({ why }: { why: string }): VNode {
  return <Status tone="unknown">Unknown. {why}</Status>;
}

/** A known value, or that and why it is not known. */
export function Known<T>({
  reading,
  children,
}: {
  reading: Reading<T>;
  children: (value: T) => VNode;
}): VNode {
  return reading.known ? children(reading.value) : <Unknown why={reading.why} />;
}

/** A moment: how long ago, with the exact time in UTC beside it or, where short, as a title. */
export function Time({ at, asOf, short }: { at: number; asOf: number; short?: boolean }): VNode {
  const iso = new Date(at).toISOString();
  const ago = asOf >= at ? `${span(asOf - at)} ago` : `in ${span(at - asOf)}`;
  if (short === true)
    return (
      <time datetime={iso} title={`${utc(at)} UTC`}>
        {ago}
      </time>
    );
  return (
    <time datetime={iso}>
      {utc(at)} UTC <span class="quiet">({ago})</span>
    </time>
  );
}

/** A part of a page with its heading. */
export function Section({
  id,
  title,
  children,
}: {
  id: string;
  title: string;
  children: ComponentChildren;
}): VNode {
  return (
    <section aria-labelledby={id}>
      <h2 id={id} tabindex={-1}>
        {title}
      </h2>
      {children}
    </section>
  );
}

/** A table that scrolls by itself where it is wider than the screen; everybody can get at it by keyboard. */
export function Table({
  caption,
  head,
  children,
}: {
  caption: string;
  head: readonly (string | VNode)[];
  children: ComponentChildren;
}): VNode {
  return (
    <div class="scroll" role="group" aria-label={caption} tabindex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {head.map((one) => (
              <th scope="col">{one}</th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** One fact of a list of facts. */
export function Fact({
  name,
  wide = false,
  children,
}: {
  name: string;
  wide?: boolean;
  children: ComponentChildren;
}): VNode {
  return (
    <div class={wide ? "fact whole" : "fact"}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The alias of a version, as people write it. */
export function Alias({ name }: { name: string }): VNode {
  return <span class="alias">@{name}</span>;
}
