import type { Connection } from "../../components/workspace/rest";

/** How the workspace's facts are found out. */
export interface Source {
  readonly connection: Connection;
  /** Whether the score of drift may start a warehouse that has stopped, which costs. */
  readonly startsWarehouse: boolean;
}
