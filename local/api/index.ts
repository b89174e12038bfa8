import type { Operation } from "../route";
import { identityOperations } from "./identity";
import { metastoreOperations } from "./metastore";

/** Every operation the workspace serves; one array per file of this folder. */
export const operations: readonly Operation[] = [...identityOperations, ...metastoreOperations];
