import { z } from "zod";
import { ApiError, invalid, missing, unsupported } from "../errors";
import { operation, queryBool, type Operation } from "../route";
import { requireTable, tableEngine, type EngineTable } from "../unityCatalog/engine";
import { fullName } from "../unityCatalog/names";
import { schemas } from "../unityCatalog/records";
import type { Workspace } from "../workspace";

const name = z.string().min(1).max(255);
const columns = z.array(z.string().min(1)).min(1);

const constraint = z
  .strictObject({
    primary_key_constraint: z
      .strictObject({
        name,
        child_columns: columns,
        timeseries_columns: z.array(z.string().min(1)).optional(),
        rely: z.boolean().optional(),
      })
      .optional(),
    foreign_key_constraint: z
      .strictObject({
        name,
        child_columns: columns,
        parent_table: fullName,
        parent_columns: columns,
        rely: z.boolean().optional(),
      })
      .optional(),
    named_table_constraint: z.strictObject({ name }).optional(),
  })
  .refine((one) => Object.keys(one).length === 1, {
    error:
      "exactly one of primary_key_constraint, foreign_key_constraint, named_table_constraint must be given",
  });

type Constraint = z.output<typeof constraint>;
type Key = NonNullable<Constraint["primary_key_constraint"] | Constraint["foreign_key_constraint"]>;

const path = "/api/2.1/unity-catalog/constraints";

/**
 * Primary and foreign keys of tables (https://docs.databricks.com/api/workspace/tableconstraints): informational,
 * as on Databricks, and kept with the table.
 */
export const constraintOperations: Operation[] = [
  operation(`POST ${path}`, {
    answers: "catalog.TableConstraint",
    body: z.strictObject({ full_name_arg: fullName, constraint }),
    handle: async ({ body, workspace }) => {
      const { primary_key_constraint: primary, foreign_key_constraint: foreign } = body.constraint;
      const key = primary ?? foreign;
      if (key === undefined) throw unsupported(`POST ${path}`, "named_table_constraint");
      const table = await requireTable(workspace, body.full_name_arg);
      if (table.table_type !== "MANAGED")
        throw invalid(
          `${table.full_name} is a ${table.table_type.toLowerCase()}; tables have keys.`,
        );
      refuseSecond(table, key.name, primary !== undefined);
      if (primary !== undefined) checkPrimaryKey(table, primary);
      else checkColumns(table, key.name, key.child_columns);
      if (foreign !== undefined) {
        if (foreign.child_columns.length !== foreign.parent_columns.length)
          throw invalid(
            `Constraint '${foreign.name}' has ${foreign.child_columns.length} child column(s) but ` +
              `${foreign.parent_columns.length} parent column(s).`,
          );
        const parent = await requireTable(workspace, foreign.parent_table);
        checkColumns(parent, foreign.name, foreign.parent_columns);
      }
      await tableEngine(workspace).addConstraint(table.full_name, key.name, body.constraint);
      return body.constraint;
    },
  }),

  operation(`DELETE ${path}/:full_name`, {
    answers: "raw",
    params: z.strictObject({ full_name: fullName }),
    query: z.strictObject({ constraint_name: name, cascade: queryBool }),
    handle: async ({ params, query, workspace }) => {
      const table = await requireTable(workspace, params.full_name);
      const key = keysOf(table).find((one) => isSame(one.name, query.constraint_name));
      if (key === undefined)
        throw missing("Constraint", query.constraint_name, "CONSTRAINT_DOES_NOT_EXIST");
      const children = key.primary ? await foreignKeysTo(workspace, table.full_name) : [];
      if (children.length > 0 && !query.cascade)
        throw new ApiError(
          "INVALID_STATE",
          `Constraint '${key.name}' is referred to by ` +
            children.map((child) => `'${child.name}' of ${child.table}`).join(", "),
        );
      for (const child of children)
        await tableEngine(workspace).dropConstraint(child.table, child.name);
      await tableEngine(workspace).dropConstraint(table.full_name, key.name);
    },
  }),
];

const recorded = z.object({
  primary_key_constraint: z.object({ name }).optional(),
  foreign_key_constraint: z.object({ name, parent_table: z.string() }).optional(),
});

/** The keys of a table: name, whether it is the primary one, else the table it refers to. */
function keysOf(table: EngineTable) {
  return (table.table_constraints ?? []).flatMap((one) => {
    const { primary_key_constraint: primary, foreign_key_constraint: foreign } =
      recorded.parse(one);
    const key = primary ?? foreign;
    if (key === undefined) return [];
    return [{ name: key.name, primary: primary !== undefined, parent: foreign?.parent_table }];
  });
}

async function foreignKeysTo(workspace: Workspace, parent: string) {
  const found = await Promise.all(
    schemas(workspace)
      .list()
      .map(({ catalog_name, name }) => tableEngine(workspace).listTables(catalog_name, name)),
  );
  return found.flat().flatMap((table) =>
    keysOf(table)
      .filter((key) => key.parent !== undefined && isSame(key.parent, parent))
      .map((key) => ({ table: table.full_name, name: key.name })),
  );
}

function refuseSecond(table: EngineTable, added: string, primary: boolean): void {
  const keys = keysOf(table);
  if (primary && keys.some((key) => key.primary))
    throw new ApiError("ALREADY_EXISTS", `Table '${table.full_name}' already has a primary key.`);
  if (keys.some((key) => isSame(key.name, added)))
    throw new ApiError(
      "ALREADY_EXISTS",
      `Constraint '${added}' already exists on table '${table.full_name}'.`,
    );
}

function checkPrimaryKey(
  table: EngineTable,
  key: Key & { readonly timeseries_columns?: readonly string[] | undefined },
): void {
  checkColumns(table, key.name, key.child_columns);
  const stray = (key.timeseries_columns ?? []).find((one) => !key.child_columns.includes(one));
  if (stray !== undefined)
    throw invalid(`timeseries_columns: '${stray}' is not among child_columns of '${key.name}'.`);
  const nullable = key.child_columns.filter(
    (one) => table.columns.find(({ name }) => isSame(name, one))?.nullable,
  );
  if (nullable.length > 0)
    throw invalid(
      `Cannot create the primary key \`${key.name}\` because its child column(s) ` +
        `${nullable.map((one) => `\`${one}\``).join(", ")} is nullable. ` +
        "Please change the column nullability and retry.",
    );
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function checkColumns(table: EngineTable, key: string, wanted: readonly string[]): void {
  for (const one of wanted) {
    if (!table.columns.some(({ name }) => isSame(name, one)))
      throw invalid(`Constraint '${key}': table '${table.full_name}' has no column '${one}'.`);
    if (wanted.filter((other) => isSame(other, one)).length > 1)
      throw invalid(`Constraint '${key}' names column '${one}' more than once.`);
  }
}
