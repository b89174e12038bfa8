import type { EndpointView } from "./endpoints";
import { modelsOf } from "./endpoints";
import type { JobView } from "./jobs";

/** A monitor, as far as it matters here: the table it watches, and those it writes. */
export interface Tables {
  readonly table: string;
  readonly profileTable: string;
  readonly driftTable: string;
}

/** What has to do with a model. */
export interface Related<M extends Tables> {
  readonly endpoints: readonly EndpointView[];
  readonly monitors: readonly M[];
  readonly jobs: readonly JobView[];
  /** The model, the tables of its predictions, and those of their metrics. */
  readonly names: ReadonlySet<string>;
}

/**
 * Finds what has to do with a model, by what mentions it: an endpoint serves it, a job is given its name or
 * that of a table of its predictions, a monitor watches such a table, a job starts such a job. Nothing is
 * guessed from how things are called.
 */
export function relatedTo<M extends Tables>(
  model: string,
  all: {
    readonly endpoints: readonly EndpointView[];
    readonly monitors: readonly M[];
    readonly jobs: readonly JobView[];
  },
): Related<M> {
  const endpoints = all.endpoints.filter((endpoint) => modelsOf(endpoint).includes(model));
  const names = new Set([model, ...endpoints.flatMap(({ payloadTable }) => payloadTable ?? [])]);
  const monitors = new Set<M>();
  const jobs = new Set<JobView>();
  for (let before = -1; before < names.size + jobs.size;) {
    before = names.size + jobs.size;
    for (const job of all.jobs) if (mentions(job.text, names)) jobs.add(job);
    for (const monitor of all.monitors) {
      const { table, profileTable, driftTable } = monitor;
      const isWritten = [...jobs].some((job) => mentions(job.text, new Set([table])));
      if (!names.has(table) && !isWritten) continue;
      monitors.add(monitor);
      for (const name of [table, profileTable, driftTable]) names.add(name);
    }
  }
  const started = new Set([...jobs].map(({ id }) => id));
  for (const job of all.jobs) if (job.starts.some((id) => started.has(id))) jobs.add(job);
  return {
    endpoints,
    monitors: [...monitors],
    jobs: all.jobs.filter((job) => jobs.has(job)),
    names,
  };
}

/** Whether a text holds one of the names as a whole: `a.b.c` is not in `a.b.c_payload`. */
export function mentions(text: string, names: ReadonlySet<string>): boolean {
  const plain = text.toLowerCase().replaceAll("`", "");
  return [...names].some((name) => {
    for (let at = plain.indexOf(name); at >= 0; at = plain.indexOf(name, at + 1)) {
      const [before = "", after = ""] = [plain[at - 1], plain[at + name.length]];
      if (!/[\w.]/.test(before) && !/\w/.test(after)) return true;
    }
    return false;
  });
}
