import type { VNode } from "preact";
import type { Group, Report } from "../report";
import { pictureOf, type Card, type Picture } from "../picture/cards";
import { CARD, type Layout } from "../picture/layout";
import { layoutNarrow } from "../picture/narrow";
import { layoutWide } from "../picture/wide";
import { visible } from "../text";
import { shorten } from "../values";
import { iconPath } from "./icons";

/** Wider pictures, in CSS pixels, are made smaller as far as they can still be read. */
const LARGE = 1000;

/** As many characters as a card is wide. */
const ROOM = { kind: 22, name: 25, status: 27 } as const;

/** A group's picture in both of its layouts. */
export interface Drawn {
  readonly picture: Picture;
  readonly wide: Layout;
  readonly narrow: Layout;
}

/** Lays out the picture of a group; none if there is nothing to see in it. */
export async function draw(group: Group, report: Report): Promise<Drawn | undefined> {
  const picture = pictureOf(group, report);
  if (picture.cards.length < 2) return undefined;
  return { picture, wide: await layoutWide(picture), narrow: layoutNarrow(picture) };
}

/** Parts of a model and what they need, coloured by what happens to them. */
export function GroupPicture({ group, drawn }: { group: Group; drawn: Drawn }): VNode {
  const { picture, wide, narrow } = drawn;
  const changed = picture.cards.filter(({ look }) => look !== "unchanged").length;
  const name = visible(group.home.name);
  const parts = `${String(picture.cards.length)} parts, ${String(changed)} of them change`;
  const label = `${name}: ${parts}; the table below says how`;
  const id = idOf(group);
  return (
    <figure class="picture">
      <figcaption class="quiet">An arrow leads from a part to those that use it.</figcaption>
      <div
        class={wide.width > LARGE ? "wide large scroll-box" : "wide scroll-box"}
        tabIndex={0}
        role="group"
        aria-label={`Picture of ${name}`}
      >
        <Drawing layout={wide} label={label} id={`wide-${id}`} />
      </div>
      <div class="narrow">
        <Drawing layout={narrow} label={label} id={`narrow-${id}`} />
      </div>
    </figure>
  );
}

/** An id made of the group's name; equal names do not occur. */
export function idOf({ home }: Group): string {
  return `${home.kind}-${home.name.replaceAll(/[^\w-]/g, "_")}`;
}

function Drawing({ layout, label, id }: { layout: Layout; label: string; id: string }): VNode {
  const { width, height, cards, arrows } = layout;
  return (
    <svg
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${String(width)} ${String(height)}`}
    >
      <defs>
        <marker
          id={id}
          class="head"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto"
        >
          <path d="M0.5 0.5L7.5 4L0.5 7.5z" />
        </marker>
      </defs>
      {arrows.map((d) => (
        <path class="arrow" d={d} marker-end={`url(#${id})`} />
      ))}
      {cards.map(({ card, x, y }) => (
        <CardDrawing card={card} x={x - CARD.width / 2} y={y - CARD.height / 2} />
      ))}
    </svg>
  );
}

function CardDrawing({ card, x, y }: { card: Card; x: number; y: number }): VNode {
  const place = `translate(${x.toFixed(1)} ${y.toFixed(1)})`;
  const { width, height } = CARD;
  return (
    <g class={`node ${card.look}`} transform={place}>
      <rect class="body" width={width} height={height} rx="9" />
      <path
        class="stripe"
        d={`M9 0A9 9 0 0 0 0 9V${String(height - 9)}A9 9 0 0 0 9 ${String(height)}z`}
      />
      <text class="kind" x="20" y="21">
        {text(card.kind, ROOM.kind)}
      </text>
      <text class="label" x="20" y="38">
        {text(card.name, ROOM.name)}
      </text>
      <path class="sign" transform="translate(20 45.5) scale(0.8125)" d={iconPath(card.look)} />
      <text class="state" x="38" y="56">
        {text(card.status, ROOM.status)}
      </text>
    </g>
  );
}

function text(value: string, length: number): string {
  return shorten(visible(value), length);
}
