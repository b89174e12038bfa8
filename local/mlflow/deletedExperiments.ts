import { z } from "zod";
import type { Collection } from "../store";
import type { Workspace } from "../workspace";
import { type Json, mlflowOf } from "./server";

const record = z.strictObject({ experimentId: z.string(), name: z.string() });

/**
 * The names that deleted experiments had. MLflow keeps a deleted experiment's name taken, Databricks does
 * not; so it is renamed in MLflow when it is deleted, and shown under its old name.
 */
function names({ store }: Workspace): Collection<z.output<typeof record>> {
  return store.collection("mlflow.deletedExperiments", record);
}

const hiddenName = (id: string) => `deleted experiment ${id}`;

const experiment = z.looseObject({ experiment_id: z.string(), name: z.string() });
const answer = z.object({ experiment });

/** Deletes the experiment and frees its name. Repeated after a crash half-way, it completes. */
export async function deleteExperiment(workspace: Workspace, experimentId: string): Promise<Json> {
  const mlflow = mlflowOf(workspace);
  const kept = names(workspace).get(experimentId);
  const found = answer.parse(
    await mlflow.call("GET", "/api/2.0/mlflow/experiments/get", { experiment_id: experimentId }),
  );
  if (kept === undefined) {
    names(workspace).put(experimentId, { experimentId, name: found.experiment.name });
    await rename(workspace, experimentId, hiddenName(experimentId));
  } else if (found.experiment.name === kept.name) {
    await rename(workspace, experimentId, hiddenName(experimentId));
  }
  return mlflow.call("POST", "/api/2.0/mlflow/experiments/delete", { experiment_id: experimentId });
}

/**
 * Restores the experiment under its old name.
 * @throws ApiError RESOURCE_ALREADY_EXISTS when another experiment has the name by now.
 */
export async function restoreExperiment(workspace: Workspace, experimentId: string): Promise<Json> {
  const kept = names(workspace).get(experimentId);
  const restored = await mlflowOf(workspace).call("POST", "/api/2.0/mlflow/experiments/restore", {
    experiment_id: experimentId,
  });
  if (kept === undefined) return restored;
  try {
    await rename(workspace, experimentId, kept.name);
  } catch (error) {
    await mlflowOf(workspace).call("POST", "/api/2.0/mlflow/experiments/delete", {
      experiment_id: experimentId,
    });
    throw error;
  }
  names(workspace).delete(experimentId);
  return restored;
}

/** The most recently deleted experiment that had this name. */
export function deletedExperimentNamed(workspace: Workspace, name: string): string | undefined {
  return names(workspace)
    .list()
    .filter((kept) => kept.name === name)
    .map(({ experimentId }) => experimentId)
    .sort((a, b) => Number(BigInt(b) - BigInt(a)))[0];
}

/** An experiment as MLflow answers it, under the name it had before it was deleted. */
export function withOldName(workspace: Workspace, found: unknown): unknown {
  const parsed = experiment.safeParse(found);
  if (!parsed.success) return found;
  const kept = names(workspace).get(parsed.data.experiment_id);
  return kept === undefined ? found : { ...parsed.data, name: kept.name };
}

function rename(workspace: Workspace, experimentId: string, name: string): Promise<Json> {
  return mlflowOf(workspace).call("POST", "/api/2.0/mlflow/experiments/update", {
    experiment_id: experimentId,
    new_name: name,
  });
}
