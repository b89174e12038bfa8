import type { Card, Picture } from "./cards";
import { CARD, MARGIN, at, number, type Layout } from "./layout";

/** Width of the column of cards on a narrow screen, and of the room for arrows beside it. */
const COLUMN = { gap: 18, lanes: 40 } as const;

/** Places cards below each other in the order of their needs, arrows at the side: for a narrow screen. */
export function layoutNarrow({ cards, arrows }: Picture): Layout {
  const order = sorted(cards, arrows);
  const left = COLUMN.lanes + MARGIN;
  const yOf = (index: number) => MARGIN + CARD.height / 2 + index * (CARD.height + COLUMN.gap);
  const indexOf = new Map(order.map(({ urn }, index) => [urn, index]));
  return {
    width: left + CARD.width + MARGIN,
    height: yOf(order.length - 1) + CARD.height / 2 + MARGIN,
    cards: order.map((card, index) => ({ card, x: left + CARD.width / 2, y: yOf(index) })),
    arrows: arrows.map(({ from, to }) => {
      const [a, b] = [indexOf.get(from) ?? 0, indexOf.get(to) ?? 0];
      const middle = left + CARD.width / 2;
      if (b === a + 1) {
        const start = { x: middle, y: yOf(a) + CARD.height / 2 };
        return `M${at(start)}V${number(yOf(b) - CARD.height / 2)}`;
      }
      const [start, end] = [yOf(a) + 10, yOf(b) - 10];
      const lane = left - Math.min(COLUMN.lanes, 8 + 5 * Math.abs(b - a));
      return `M${number(left)} ${number(start)}C${number(lane)} ${number(start)} ${number(lane)} ${number(end)} ${number(left)} ${number(end)}`;
    }),
  };
}

/** Each card after those that it needs, as near to them as can be. */
function sorted(cards: readonly Card[], arrows: Picture["arrows"]): Card[] {
  const placed = new Map<string, Card>();
  const place = (card: Card, above: ReadonlySet<string>) => {
    if (placed.has(card.urn) || above.has(card.urn)) return;
    const needed = arrows.filter(({ to }) => to === card.urn).map(({ from }) => from);
    for (const one of cards.filter(({ urn }) => needed.includes(urn)))
      place(one, new Set([...above, card.urn]));
    placed.set(card.urn, card);
  };
  for (const card of cards) place(card, new Set());
  return [...placed.values()];
}
