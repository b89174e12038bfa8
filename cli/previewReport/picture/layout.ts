import type { Card, Picture } from "./cards";

/** A card with the middle of its place. */
export interface Placed {
  readonly card: Card;
  readonly x: number;
  readonly y: number;
}

/** A picture with places; all lengths in CSS pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly cards: readonly Placed[];
  /** Path data of each arrow: https://www.w3.org/TR/SVG2/paths.html#PathData */
  readonly arrows: readonly string[];
}

/** Size of a card, in CSS pixels. */
export const CARD = { width: 204, height: 66 } as const;

const MARGIN = 16;

/** Room between cards side by side, in CSS pixels. */
const NODE_GAP = 20;

/** As many cards as stand side by side where no arrow says how. */
const PER_ROW = 4;

/** Places cards from top to bottom, what is needed above what needs it; below, those without arrows. */
export async function layoutWide({ cards, arrows }: Picture): Promise<Layout> {
  const connected = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  const graph = await layoutGraph({
    cards: cards.filter(({ urn }) => connected.has(urn)),
    arrows,
  });
  const single = cards.filter(({ urn }) => !connected.has(urn));
  const [stepX, stepY] = [CARD.width + NODE_GAP, CARD.height + NODE_GAP];
  const columns = Math.min(PER_ROW, single.length);
  const gridWidth = columns === 0 ? 0 : columns * stepX - NODE_GAP + 2 * MARGIN;
  const rows = Math.ceil(single.length / PER_ROW);
  const width = Math.max(graph.width, gridWidth);
  const left = (width - gridWidth) / 2 + MARGIN + CARD.width / 2;
  const top = graph.height === 0 ? MARGIN : graph.height + NODE_GAP - MARGIN;
  const shift = (width - graph.width) / 2;
  return {
    width,
    height: rows === 0 ? graph.height : top + rows * stepY - NODE_GAP + MARGIN,
    cards: [
      ...graph.cards.map(({ card, x, y }) => ({ card, x: x + shift, y })),
      ...single.map((card, index) => ({
        card,
        x: left + (index % PER_ROW) * stepX,
        y: top + CARD.height / 2 + Math.floor(index / PER_ROW) * stepY,
      })),
    ],
    arrows: graph.arrows.map((points) => curve(points.map(({ x, y }) => ({ x: x + shift, y })))),
  };
}

interface PlacedGraph extends Omit<Layout, "arrows"> {
  readonly arrows: readonly (readonly Point[])[];
}

async function layoutGraph({ cards, arrows }: Picture): Promise<PlacedGraph> {
  if (cards.length === 0) return { width: 0, height: 0, cards: [], arrows: [] };
  const { Graph, layout } = await loadDagre();
  const graph = new Graph();
  graph.setGraph({
    rankdir: "TB",
    nodesep: NODE_GAP,
    ranksep: 44,
    marginx: MARGIN,
    marginy: MARGIN,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { urn } of cards) graph.setNode(urn, { ...CARD });
  for (const { from, to } of arrows) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    cards: cards.map((card) => {
      const { x, y } = graph.node(card.urn);
      return { card, x, y };
    }),
    arrows: graph.edges().map((edge) => graph.edge(edge).points ?? []),
  };
}

/**
 * The part of dagre that is used here. Its own declarations cannot be resolved from a CommonJS package.
 * https://github.com/dagrejs/dagre/wiki#an-example-layout
 */
interface Dagre {
  readonly Graph: new () => DagreGraph;
  readonly layout: (graph: DagreGraph) => void;
}

interface DagreGraph {
  setGraph(label: Readonly<Record<string, unknown>>): void;
  setDefaultEdgeLabel(label: () => object): void;
  setNode(name: string, size: { width: number; height: number }): void;
  setEdge(from: string, to: string): void;
  graph(): { readonly width?: number; readonly height?: number };
  node(name: string): Point;
  edges(): readonly object[];
  edge(edge: object): { readonly points?: readonly Point[] };
}

async function loadDagre(): Promise<Dagre> {
  const loaded: unknown = await import("@dagrejs/dagre");
  if (!isDagre(loaded)) throw new Error("@dagrejs/dagre has no Graph and layout: use 3.1.3");
  return loaded;
}

function isDagre(module: unknown): module is Dagre {
  return (
    typeof module === "object" &&
    module !== null &&
    "Graph" in module &&
    typeof module.Graph === "function" &&
    "layout" in module &&
    typeof module.layout === "function"
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A smooth line through the middles between points, that starts and ends vertically. */
function curve(points: readonly Point[]): string {
  const [first, ...others] = points;
  const last = others.at(-1);
  if (first === undefined || last === undefined) return "";
  if (others.length < 3) {
    const middle = (first.y + last.y) / 2;
    return `M${at(first)}C${number(first.x)} ${number(middle)} ${number(last.x)} ${number(middle)} ${at(last)}`;
  }
  const pieces = others.slice(0, -1).map((point, index) => {
    const next = others[index + 1] ?? last;
    const end =
      index === others.length - 2 ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${at(point)} ${at(end)}`;
  });
  return `M${at(first)}${pieces.join("")}`;
}

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

function at({ x, y }: Point): string {
  return `${number(x)} ${number(y)}`;
}

function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}
