import type { FastifyRequest } from "fastify";
import type { Json } from "./server";

const OWN = "mlflow-artifacts:/";
const DATABRICKS = "dbfs:/databricks/mlflow-tracking/";

/** The answers' fields that hold an artifact location; everything else is the user's text. */
const LOCATION_FIELDS = new Set(["artifact_uri", "artifact_location", "root_uri"]);

/**
 * MLflow's own location as Databricks writes it, e.g. `mlflow-artifacts:/7/ab12/artifacts` →
 * `dbfs:/databricks/mlflow-tracking/7/ab12/artifacts`; a logged model lies below `logged_models` there.
 */
export function toDatabricks(uri: string): string {
  if (!uri.startsWith(OWN)) return uri;
  return DATABRICKS + uri.slice(OWN.length).replace(/^([^/]+)\/models\//, "$1/logged_models/");
}

/** The reverse of {@link toDatabricks}; other locations stay as they are. */
export function fromDatabricks(uri: string): string {
  if (!uri.startsWith(DATABRICKS)) return uri;
  return OWN + uri.slice(DATABRICKS.length).replace(/^([^/]+)\/logged_models\//, "$1/models/");
}

/** The path below the artifact root, or undefined for a location elsewhere. */
export function artifactPath(uri: string): string | undefined {
  const own = fromDatabricks(uri);
  return own.startsWith(OWN) ? own.slice(OWN.length) : undefined;
}

/** The location of a path below the artifact root, for MLflow's own client. */
export function ownUri(path: string): string {
  return OWN + path;
}

/**
 * Whether the caller is MLflow's client with this workspace's URL as plain tracking URI. It cannot read
 * `dbfs:` locations, so it is told MLflow's own. With `databricks` as tracking URI it calls through the
 * Databricks SDK, which names itself.
 */
export function isPlainMlflow(request: FastifyRequest): boolean {
  const agent = request.headers["user-agent"] ?? "";
  return agent.startsWith("mlflow-python-client/") && !agent.includes("databricks-sdk");
}

/** An answer of MLflow with its locations as the caller needs them. */
export function forCaller(request: FastifyRequest, answer: Json): Json {
  return isPlainMlflow(request) ? answer : mapFields(answer);
}

function mapFields(fields: object): Json {
  return Object.fromEntries(
    Object.entries(fields)
      // The workspaces that an MLflow server can have: Databricks has none.
      .filter(([key]) => !(key === "workspace" && "experiment_id" in fields))
      .map(([key, value]: [string, unknown]) => [
        key,
        typeof value === "string" && LOCATION_FIELDS.has(key)
          ? toDatabricks(value)
          : mapValue(value),
      ]),
  );
}

function mapValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mapValue);
  return typeof value === "object" && value !== null ? mapFields(value) : value;
}

/** A search filter that names Databricks locations, in MLflow's terms. */
export function filterFromDatabricks(filter: string): string {
  return filter.replace(/dbfs:\/databricks\/mlflow-tracking\/[^'"`\s]*/g, fromDatabricks);
}
