import type { Operation } from "../route";

/** Every operation the workspace serves; one array per file of this folder. */
export const operations: readonly Operation[] = [];
