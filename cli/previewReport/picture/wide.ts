import type { Card, Picture } from "./cards";
import { loadDagre, type DagreGraph } from "./dagre";
import { CARD, MARGIN, at, type Layout, type Placed, type Point } from "./layout";

/** Room between cards side by side, in CSS pixels. */
const NODE_GAP = 20;

/** As many cards as stand side by side where no arrow says how. */
const PER_ROW = 4;

/** Width that a picture should not exceed, in CSS pixels. */
const WIDEST = 1040;

/** Which way arrows point. */
type Direction = "TB" | "LR";

/** Places cards so that what is needed comes before what needs it; below, those without arrows. */
export async function layoutWide(picture: Picture): Promise<Layout> {
  const down = await layoutTowards("TB", picture);
  if (down.width <= WIDEST) return down;
  const right = await layoutTowards("LR", picture);
  return right.width < down.width ? right : down;
}

async function layoutTowards(direction: Direction, { cards, arrows }: Picture): Promise<Layout> {
  const connected = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  const inGraph = cards.filter(({ urn }) => connected.has(urn));
  const graph = await layoutGraph(direction, { cards: inGraph, arrows });
  const grid = layoutGrid(cards.filter(({ urn }) => !connected.has(urn)));
  const width = Math.max(graph.width, grid.width);
  const placed = [
    ...moved(graph.cards, (width - graph.width) / 2, 0),
    ...moved(grid.cards, (width - grid.width) / 2, graph.height === 0 ? 0 : graph.height - MARGIN),
  ];
  const shift = (width - graph.width) / 2;
  return {
    width,
    height: graph.height + grid.height - (graph.height > 0 && grid.height > 0 ? MARGIN : 0),
    cards: placed,
    arrows: graph.arrows.map((points) =>
      curve(
        direction,
        points.map(({ x, y }) => ({ x: x + shift, y })),
      ),
    ),
  };
}

type PlacedGrid = Omit<Layout, "arrows">;

interface PlacedGraph extends PlacedGrid {
  readonly arrows: readonly (readonly Point[])[];
}

const nothing = { width: 0, height: 0, cards: [], arrows: [] };

async function layoutGraph(rankdir: Direction, { cards, arrows }: Picture): Promise<PlacedGraph> {
  if (cards.length === 0) return nothing;
  const { Graph, layout } = await loadDagre();
  const graph = new Graph();
  const ranksep = rankdir === "TB" ? 48 : 72;
  graph.setGraph({ rankdir, nodesep: NODE_GAP, ranksep, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { urn } of cards) graph.setNode(urn, { ...CARD });
  for (const { from, to } of arrows) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    cards: cards.map((card) => ({ card, ...placeOf(graph, card.urn) })),
    arrows: graph.edges().map((edge) => {
      const points = graph.edge(edge).points ?? [];
      // Only an arrow that passes other cards has to go round them.
      const way = points.length > 3 ? points.slice(1, -1) : [];
      return [leaving(rankdir, graph.node(edge.v)), ...way, entering(rankdir, graph.node(edge.w))];
    }),
  };
}

function placeOf(graph: DagreGraph, urn: string): Point {
  const { x, y } = graph.node(urn);
  return { x, y };
}

/** Where arrows leave a card: in the middle of the side that looks on. */
function leaving(direction: Direction, { x, y }: Point): Point {
  return direction === "TB" ? { x, y: y + CARD.height / 2 } : { x: x + CARD.width / 2, y };
}

function entering(direction: Direction, { x, y }: Point): Point {
  return direction === "TB" ? { x, y: y - CARD.height / 2 } : { x: x - CARD.width / 2, y };
}

/** Cards in rows. */
function layoutGrid(cards: readonly Card[]): PlacedGrid {
  if (cards.length === 0) return nothing;
  const [stepX, stepY] = [CARD.width + NODE_GAP, CARD.height + NODE_GAP];
  const columns = Math.min(PER_ROW, cards.length);
  return {
    width: columns * stepX - NODE_GAP + 2 * MARGIN,
    height: Math.ceil(cards.length / PER_ROW) * stepY - NODE_GAP + 2 * MARGIN,
    cards: cards.map((card, index) => ({
      card,
      x: MARGIN + CARD.width / 2 + (index % PER_ROW) * stepX,
      y: MARGIN + CARD.height / 2 + Math.floor(index / PER_ROW) * stepY,
    })),
  };
}

function moved(cards: readonly Placed[], byX: number, byY: number): Placed[] {
  return cards.map(({ card, x, y }) => ({ card, x: x + byX, y: y + byY }));
}

/** A smooth line through points that leaves and arrives in the direction of all arrows. */
function curve(direction: Direction, points: readonly Point[]): string {
  const pieces = points.slice(1).map((to, index) => {
    const from = points[index] ?? to;
    const [mx, my] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
    const [a, b] =
      direction === "TB"
        ? [
            { x: from.x, y: my },
            { x: to.x, y: my },
          ]
        : [
            { x: mx, y: from.y },
            { x: mx, y: to.y },
          ];
    return `C${at(a)} ${at(b)} ${at(to)}`;
  });
  const [first] = points;
  return first === undefined ? "" : `M${at(first)}${pieces.join("")}`;
}
