import type { Card } from "./cards";

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

/** Room around a picture, in CSS pixels. */
export const MARGIN = 16;

/** A place in a picture, in CSS pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A point, as path data has it. */
export function at({ x, y }: Point): string {
  return `${number(x)} ${number(y)}`;
}

/** A length, to a tenth of a pixel. */
export function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}
