import { z } from "zod";
import type { Workspace } from "../workspace";

/** What a process needs of this machine, and nothing that could be a secret. */
const passedOn = ["PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"];

const warehouse = z.looseObject({ id: z.string(), state: z.string() });

/**
 * The environment of the compute: this machine's search path and locale, and a home folder of its own, so
 * that no profile or netrc file of the user decides where a task signs in.
 */
export function baseEnvironment(workspace: Workspace): Record<string, string> {
  return {
    ...Object.fromEntries(
      passedOn.flatMap((name) => {
        const value = process.env[name];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    HOME: workspace.folder("compute-home"),
    PYTHONUNBUFFERED: "1",
    // MLflow would report its use to its makers.
    MLFLOW_DISABLE_TELEMETRY: "true",
    // Its links are to pages of Databricks, and its advice is about them too.
    MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: "true",
    _MLFLOW_ENABLE_UC_TRACE_UPSELL: "false",
  };
}

/** What a task finds: the workspace to sign in to, MLflow pointed at it, a warehouse if one runs. */
export function taskEnvironment(workspace: Workspace): Record<string, string> {
  const running = workspace.store
    .collection("warehouses", warehouse)
    .list()
    .find(({ state }) => state === "RUNNING");
  return {
    ...baseEnvironment(workspace),
    DATABRICKS_HOST: workspace.url,
    DATABRICKS_TOKEN: workspace.token,
    MLFLOW_TRACKING_URI: "databricks",
    MLFLOW_REGISTRY_URI: "databricks-uc",
    ...(running === undefined ? {} : { DATABRICKS_WAREHOUSE_ID: running.id }),
  };
}
