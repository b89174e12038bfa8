import type { Executed, Statement } from "../../../../local/lakehouse/shapes";

type Cell = string | null;

/** A result as the SQL engine gives it; columns are named with their types, e.g. `x DOUBLE`. */
export function result(columns: string, ...rows: Cell[][]): Executed {
  return {
    columns: columns.split(", ").map((text, position) => {
      const [name = "", type_name = "STRING"] = text.split(" ");
      return { name, type_name, type_text: type_name.toLowerCase(), position };
    }),
    rows,
    truncated: false,
  };
}

/** A double of the SQL engine, which does not run here: it notes statements and answers what it is told to. */
export class QueryDouble {
  readonly statements: Statement[] = [];
  answer: Executed | Error = result("x DOUBLE");
  /** What it waits for before it answers. */
  wait: Promise<void> = Promise.resolve();

  readonly query = async (statement: Statement): Promise<Executed> => {
    this.statements.push(statement);
    await this.wait;
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  };
}
