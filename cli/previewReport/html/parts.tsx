import type { ComponentChildren, VNode } from "preact";
import type { Change } from "../changes";
import { words, type Operation } from "../operations";
import type { Json } from "../plan";
import { visible, type Inline } from "../text";
import { LATER, SECRET, isOtherSecret, shorten, showValue } from "../values";
import { Icon, type IconName } from "./icons";

/** Nothing in a report is longer; a plan may carry whole files. */
const LONGEST = 2000;

/** Text of any origin; Preact escapes it, and what would hide or turn text is shown by number. */
export function shown(text: string): string {
  return visible(shorten(text, LONGEST).replaceAll(/\s+/g, " "));
}

/** Running text. */
export function Sentence({ parts }: { parts: readonly Inline[] }): VNode {
  return (
    <>
      {parts.map((part) => {
        if (typeof part === "string") return shown(part);
        if ("code" in part) return <code>{shown(part.code)}</code>;
        return (
          <strong>
            <Sentence parts={part.strong} />
          </strong>
        );
      })}
    </>
  );
}

/** A state in icon and words. */
export function Status({ icon, tone, children }: StatusProps): VNode {
  return (
    <span class={`status ${tone}`}>
      <Icon name={icon} />
      <span>{children}</span>
    </span>
  );
}

interface StatusProps {
  readonly icon: IconName;
  readonly tone: string;
  readonly children: ComponentChildren;
}

/** What happens to a resource. */
export function OperationStatus({ operation }: { operation: Operation }): VNode {
  return (
    <Status icon={operation} tone={operation}>
      {words[operation].done}
    </Status>
  );
}

/** A value of a property; what is not there and what is not known are no values. */
export function Value({ value }: { value: Json | undefined }): VNode {
  const text = showValue(value);
  if (value === undefined) return <em class="quiet">none</em>;
  return text === LATER ? <em class="quiet">{LATER}</em> : <code>{shown(text)}</code>;
}

/** `before → after`. */
export function Transition({ before, after }: Pick<Change, "before" | "after">): VNode {
  if (isOtherSecret(before, after))
    return (
      <span>
        <code>{SECRET}</code>, another one
      </span>
    );
  return (
    <span>
      <Value value={before} /> <span aria-label="becomes">→</span> <Value value={after} />
    </span>
  );
}

/** Changed properties, one below the other. */
export function Changes({ changes }: { changes: readonly Change[] }): VNode {
  return (
    <ul class="plain">
      {changes.map((change) => (
        <li>
          {change.replaces ? (
            <strong class="replace">{shown(change.path)} forces the replacement</strong>
          ) : (
            <span class="path">{shown(change.path)}</span>
          )}
          : <Transition before={change.before} after={change.after} />
        </li>
      ))}
    </ul>
  );
}

/** A part of the page under its heading. */
export function Section({ id, title, children }: SectionProps): VNode {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

interface SectionProps {
  readonly id: string;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** A table with a name; on a narrow screen it can be scrolled, also by keyboard. */
export function Table({ caption, columns, children }: TableProps): VNode {
  return (
    <div class="scroll" role="region" aria-label={shown(caption)} tabIndex={0}>
      <table>
        <caption class="hidden">{shown(caption)}</caption>
        <thead>
          <tr>
            {columns.map((name) => (
              <th scope="col">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

interface TableProps {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly children: ComponentChildren;
}
