import type { VNode } from "preact";
import type { Operation } from "../operations";

/** What an icon stands for. */
export type IconName = Operation | "unchanged" | "bad" | "warning" | "good" | "waiting";

/** Each in a square of 16; drawn with the colour of the text beside it. */
const paths: Readonly<Record<IconName, string>> = {
  create: "M8 3v10M3 8h10",
  update: "M10.5 3l2.5 2.5L5.5 13H3v-2.5zM8.5 5l2.5 2.5",
  replace: "M3 6.5h9L9.5 4M13 9.5H4L6.5 12",
  delete: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  import: "M8 2.5v7.5M4.5 7L8 10.5 11.5 7M3 13.5h10",
  read: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6.5v3",
  unchanged: "M4 8h8",
  bad: "M5.2 1.8h5.6l3.4 3.4v5.6l-3.4 3.4H5.2l-3.4-3.4V5.2zM5.5 5.5l5 5M10.5 5.5l-5 5",
  warning: "M8 2L14.5 13.5h-13zM8 6.5v3.25M8 11.6v.2",
  good: "M2.5 8.5l3.5 3.5 7.5-8",
  waiting: "M8 1.75a6.25 6.25 0 1 1 0 12.5 6.25 6.25 0 0 1 0-12.5zM8 4.5V8l2.5 1.5",
};

/** An icon that a word beside it explains. */
export function Icon({ name }: { name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

/** The icon's lines, for a picture that is drawn already. */
export function iconPath(name: IconName): string {
  return paths[name];
}
