/**
 * The part of dagre that is used here. Its own declarations cannot be resolved from a CommonJS package.
 * https://github.com/dagrejs/dagre/wiki#an-example-layout
 */
export interface Dagre {
  readonly Graph: new () => DagreGraph;
  readonly layout: (graph: DagreGraph) => void;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** An arrow from `v` to `w`. */
interface Edge {
  readonly v: string;
  readonly w: string;
}

/** A graph, and where its parts are placed after the layout. */
export interface DagreGraph {
  setGraph(label: Readonly<Record<string, unknown>>): void;
  setDefaultEdgeLabel(label: () => object): void;
  setNode(name: string, size: { width: number; height: number }): void;
  setEdge(from: string, to: string): void;
  graph(): { readonly width?: number; readonly height?: number };
  node(name: string): Point;
  edges(): readonly Edge[];
  edge(edge: Edge): { readonly points?: readonly Point[] };
}

/**
 * Loads dagre.
 * @throws Error if what is installed is another one.
 */
export async function loadDagre(): Promise<Dagre> {
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
