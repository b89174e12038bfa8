import { z } from "zod";

/** Where a workspace listens, and its token. */
export interface Address {
  readonly host: string;
  readonly token: string;
}

/** What exists before the first write; see `durability.test.ts`. */
export interface Ground {
  readonly catalog: string;
  readonly warehouse: string;
  /** Id of an MLflow run. */
  readonly run: string;
  /** Full name of a model with the versions 1 and 2. */
  readonly model: string;
}

/** One family of calls that writes the `n`-th time, and finds again what it wrote. */
export interface Family {
  readonly name: string;
  /** Resolves when the workspace has acknowledged the write. */
  write(address: Address, n: number): Promise<unknown>;
  /** Which of the writes 1 to `upTo` are there. Throws if one is there in part. */
  found(address: Address, upTo: number): Promise<ReadonlySet<number>>;
}

/** @throws Error for any answer but a success, and when the connection breaks. */
export async function call(
  { host, token }: Address,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const isText = typeof body === "string";
  const answer = await fetch(`${host}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": isText ? "application/octet-stream" : "application/json",
    },
    body: body === undefined ? null : isText ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return answer.headers.get("content-type")?.startsWith("application/json") === true
    ? JSON.parse(text)
    : text;
}

/** Runs a statement; gives its rows. */
export async function sql(address: Address, warehouse: string, statement: string) {
  const answer = z.object({
    status: z.object({ state: z.literal("SUCCEEDED") }),
    result: z.object({ data_array: z.array(z.array(z.string())).optional() }).optional(),
  });
  const body = { statement, warehouse_id: warehouse, wait_timeout: "50s" };
  return answer.parse(await call(address, "POST", "/api/2.0/sql/statements", body)).result
    ?.data_array;
}

const named = (field: string) => z.object({ [field]: z.array(z.object({ name: z.string() })) });

/** The families; each keeps what it writes in another way: SQLite, files, Delta tables, MLflow. */
export function families({ catalog, warehouse, run, model }: Ground): Family[] {
  return [
    {
      name: "jobs",
      write: (to, n) => call(to, "POST", "/api/2.2/jobs/create", { name: `job-${n}` }),
      found: (from, upTo) =>
        present(upTo, async (n) => {
          const answer = await call(from, "GET", `/api/2.2/jobs/list?name=job-${n}`);
          return JSON.stringify(answer).includes(`"job-${n}"`);
        }),
    },
    {
      name: "schemas",
      write: (to, n) =>
        call(to, "POST", "/api/2.1/unity-catalog/schemas", {
          name: `schema_${n}`,
          catalog_name: catalog,
        }),
      found: async (from) => {
        const path = `/api/2.1/unity-catalog/schemas?catalog_name=${catalog}&max_results=1000`;
        const { schemas = [] } = named("schemas").parse(await call(from, "GET", path));
        return numbersIn(schemas.map(({ name }) => name));
      },
    },
    {
      name: "files",
      write: (to, n) => call(to, "PUT", `${file(catalog, n)}?overwrite=true`, content(n)),
      found: (from, upTo) =>
        present(upTo, async (n) => {
          const text = await call(from, "GET", file(catalog, n)).catch((error: unknown) => {
            if (String(error).includes(": 404 ")) return undefined;
            throw error;
          });
          if (text !== undefined && text !== content(n))
            throw new Error(`File ${n} is there in part.`);
          return text !== undefined;
        }),
    },
    {
      name: "rows",
      write: (to, n) => sql(to, warehouse, `INSERT INTO ${catalog}.default.numbers VALUES (${n})`),
      found: async (from) => {
        const rows = await sql(from, warehouse, `SELECT n FROM ${catalog}.default.numbers`);
        return numbersIn((rows ?? []).flat());
      },
    },
    {
      name: "metrics",
      write: (to, n) =>
        call(to, "POST", "/api/2.0/mlflow/runs/log-metric", {
          ...{ run_id: run, key: "m", value: n, timestamp: n, step: n },
        }),
      found: async (from) => {
        const path = `/api/2.0/mlflow/metrics/get-history?run_id=${run}&metric_key=m&max_results=25000`;
        const history = z.object({ metrics: z.array(z.object({ step: z.number() })).default([]) });
        const { metrics } = history.parse(await call(from, "GET", path));
        return new Set(metrics.map(({ step }) => step));
      },
    },
    {
      // An alias says only where it was put last, so its number is part of its name.
      name: "aliases",
      write: (to, n) =>
        call(to, "PUT", `/api/2.1/unity-catalog/models/${model}/aliases/alias_${n}`, {
          version_num: 1 + (n % 2),
        }),
      found: async (from) => {
        const path = `/api/2.1/unity-catalog/models/${model}?include_aliases=true`;
        const answer = z.object({
          aliases: z
            .array(z.object({ alias_name: z.string(), version_num: z.number() }))
            .default([]),
        });
        const { aliases } = answer.parse(await call(from, "GET", path));
        const right = aliases.filter(
          ({ alias_name, version_num }) => version_num === 1 + (Number(alias_name.slice(6)) % 2),
        );
        return numbersIn(right.map(({ alias_name }) => alias_name));
      },
    },
  ];
}

const file = (catalog: string, n: number) =>
  `/api/2.0/fs/files/Volumes/${catalog}/default/files/${n}.txt`;

/** Some 100 kB, so that a file can be there in part. */
const content = (n: number) => `line of file ${n}\n`.repeat(6000);

const numbersIn = (names: readonly string[]): Set<number> =>
  new Set(names.map((name) => Number(/\d+$/.exec(name)?.[0] ?? Number.NaN)));

async function present(upTo: number, is: (n: number) => Promise<boolean>): Promise<Set<number>> {
  const found = new Set<number>();
  for (let n = 1; n <= upTo; n++) if (await is(n)) found.add(n);
  return found;
}
