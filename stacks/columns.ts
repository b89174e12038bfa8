import type { Column } from "../components";

/** A column that may hold NULL. */
export const column = (name: string, type: string, comment: string): Column => ({
  name,
  type,
  comment,
});

/** A column that never holds NULL, such as a key or a label. */
export const required = (name: string, type: string, comment: string): Column => ({
  ...column(name, type, comment),
  nullable: false,
});
