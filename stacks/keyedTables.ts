import { GovernedTable, type Column, type Platform } from "../components";

/**
 * Makes the tables of one model, `<model>-<suffix>` each, that have a row for each value of a key, e.g.
 * `customer_id`. `schemaAndName` is e.g. `labels.churn_labels`.
 */
export const keyedTables =
  (platform: Platform, model: string, key: string) =>
  (
    suffix: string,
    schemaAndName: string,
    comment: string,
    columns: readonly Column[],
  ): GovernedTable =>
    new GovernedTable(`${model}-${suffix}`, {
      platform,
      table: platform.table(schemaAndName),
      comment,
      columns,
      primaryKeys: [key],
    });

/** The full names of tables, as a task takes them: `{ labels: "ml.labels.churn_labels" }`. */
export const fullNames = (
  tables: Readonly<Record<string, GovernedTable>>,
): Record<string, string> =>
  Object.fromEntries(Object.entries(tables).map(([name, { fullName }]) => [name, fullName]));
