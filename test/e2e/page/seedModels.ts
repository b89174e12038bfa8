import { randomUUID } from "node:crypto";
import { z } from "zod";
import { mlflowOf } from "../../../local/mlflow/server";
import { setAlias } from "../../../local/models/aliases";
import { createModel } from "../../../local/models/registry";
import { versionRecords } from "../../../local/models/records";
import { createVersion } from "../../../local/models/versions";
import { catalogs, schemas } from "../../../local/unityCatalog/records";
import type { Workspace } from "../../../local/workspace";

const CATALOG = "ml_local";

/** A version to make, with the run it came from. */
export interface NewVersion {
  readonly metrics: Readonly<Record<string, number | "NaN">>;
  readonly aliases?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly description?: string;
}

/** A model that was made. */
export interface SeededModel {
  readonly name: string;
  readonly fullName: string;
  /** The ids of its versions, in their order. */
  readonly versionIds: readonly string[];
  readonly runIds: readonly string[];
}

const created = z.object({ run: z.object({ info: z.object({ run_id: z.string() }) }) });

/** Registers a model whose versions are READY without files: the page never loads them. */
export async function seedModel(
  workspace: Workspace,
  model: {
    readonly name: string;
    readonly comment: string;
    readonly owner: string;
    readonly versions: readonly NewVersion[];
  },
): Promise<SeededModel> {
  seedSchema(workspace);
  const fullName = `${CATALOG}.models.${model.name}`;
  await createModel(workspace, { fullName, comment: model.comment, owner: model.owner });
  const versionIds: string[] = [];
  const runIds: string[] = [];
  for (const [index, version] of model.versions.entries()) {
    const runId = await seedRun(workspace, `${model.name}-${index + 1}`, version.metrics);
    const made = await createVersion(workspace, {
      name: fullName,
      source: `runs:/${runId}/model`,
      runId,
      tags: Object.entries(version.tags ?? {}).map(([key, value]) => ({ key, value })),
      ...(version.description === undefined ? {} : { description: version.description }),
    });
    const record = versionRecords(workspace).get(made.id);
    if (record !== undefined)
      versionRecords(workspace).put(made.id, { ...record, status: "READY" });
    for (const alias of version.aliases ?? [])
      await setAlias(workspace, fullName, alias, made.version);
    versionIds.push(made.id);
    runIds.push(runId);
  }
  return { name: model.name, fullName, versionIds, runIds };
}

async function seedRun(
  workspace: Workspace,
  name: string,
  metrics: NewVersion["metrics"],
): Promise<string> {
  const call = (path: string, body: Record<string, unknown>) =>
    mlflowOf(workspace).call("POST", `/api/2.0/mlflow/runs/${path}`, body);
  const timestamp = Date.now();
  const { run } = created.parse(
    await call("create", { experiment_id: "0", run_name: name, start_time: timestamp - 90_000 }),
  );
  const { run_id } = run.info;
  await call("log-batch", {
    run_id,
    metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp, step: 0 })),
    params: [
      { key: "max_depth", value: "3" },
      { key: "learning_rate", value: "0.03" },
    ],
  });
  await call("update", { run_id, status: "FINISHED", end_time: timestamp });
  return run_id;
}

function seedSchema(workspace: Workspace): void {
  const made = {
    owner: "local.admin@example.com",
    created_at: 1,
    created_by: "local.admin@example.com",
    updated_at: 1,
    updated_by: "local.admin@example.com",
    enable_predictive_optimization: "INHERIT" as const,
  };
  if (catalogs(workspace).get(CATALOG) === undefined)
    catalogs(workspace).put(CATALOG, {
      id: randomUUID(),
      name: CATALOG,
      isolation_mode: "OPEN",
      bindings: [],
      ...made,
    });
  for (const name of ["models", "monitoring", "inference_logs"]) {
    const full_name = `${CATALOG}.${name}`;
    if (schemas(workspace).get(full_name) !== undefined) continue;
    const schema = { schema_id: randomUUID(), catalog_name: CATALOG, name, full_name };
    schemas(workspace).put(full_name, { ...schema, ...made });
  }
}
