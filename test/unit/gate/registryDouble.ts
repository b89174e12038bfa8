import { refusal, startHttpDouble, type Received, type Reply } from "../httpDouble";
import { FilesDouble } from "./filesDouble";
import { TrackingDouble, type RunDetails } from "./trackingDouble";

interface Version {
  status: string;
  runId: string | undefined;
  readonly tags: Map<string, string>;
}

/** The model that the double knows. */
export const MODEL = "ml.models.churn";

const REGISTRY = "/api/2.0/mlflow/unity-catalog";

/**
 * A double of Unity Catalog's registry and MLflow's tracking for one model, and of the workspace's files: the
 * calls that the gate makes, over real HTTP on loopback. Whatever else is asked for is refused with 501.
 */
export class RegistryDouble {
  readonly versions = new Map<string, Version>();
  readonly aliases = new Map<string, string>();
  readonly modelTags = new Map<string, string>();
  readonly tracking = new TrackingDouble();
  readonly files = new FilesDouble();
  /** Whether every other model is one too, and stands as this one does. */
  answersForAll = false;
  /** Answers before the registry itself does, if it returns something. */
  intercept: (request: Received) => Reply | undefined = () => undefined;
  received: readonly Received[] = [];
  host = "";
  readonly token = "dapi-of-the-double";

  private constructor(readonly model: string) {}

  /** Starts an empty registry, for one test. */
  static async start(model = MODEL): Promise<RegistryDouble> {
    const registry = new RegistryDouble(model);
    const http = await startHttpDouble(
      (request) => registry.intercept(request) ?? registry.answer(request),
    );
    registry.host = http.host;
    registry.received = http.received;
    return registry;
  }

  /** Registers a version with a run in the model's experiment, and nominates it as training does. */
  nominate(version: string, metrics: Record<string, unknown>, status = "READY"): void {
    this.versions.set(version, { status, runId: `run-${version}`, tags: new Map() });
    this.runs.set(`run-${version}`, metrics);
    this.aliases.set("challenger", version);
  }

  /** Metrics by run, see {@link TrackingDouble.runs}. */
  get runs(): Map<string, Record<string, unknown>> {
    return this.tracking.runs;
  }

  /** What the run of a version has besides its metrics; a test may change it. */
  run(version: string): RunDetails {
    return this.tracking.details(`run-${version}`);
  }

  /** Configuration of a stack that is deployed to this workspace. */
  get config(): Record<string, string> {
    return { "databricks:host": this.host, "databricks:token": this.token };
  }

  /** The calls to the registry so far, e.g. `GET registered-models/get`. */
  get registryCalls(): string[] {
    return this.received
      .map(({ method, path }) => `${method} ${path.replace(`${REGISTRY}/`, "")}`)
      .filter((call) => /model-versions|models\//.test(call));
  }

  /**
   * What was written, in order: `PUT champion 3`, `TAG 3 mlops_gate_verdict=promoted`, and `TAG model …`;
   * the files of the lease aside.
   */
  get writes(): string[] {
    return this.received
      .filter(({ method, path }) => method !== "GET" && !path.startsWith("/api/2.0/workspace/"))
      .map(({ method, path, body }) => {
        const { version_num, version, key, value } = Object(body) as Record<string, unknown>;
        const owner = typeof version === "string" ? version : "model";
        return method === "POST"
          ? `TAG ${owner} ${String(key)}=${String(value)}`
          : [method, path.split("/").at(-1), version_num].join(" ").trim();
      });
  }

  /** What the registry itself answers, with its effect. */
  answer(request: Received): Reply {
    const { method, path, query, body } = request;
    const given = Object(body) as Record<string, unknown>;
    const named = /^\/api\/2.1\/unity-catalog\/models\/([\w.]+)\/aliases\/(\w+)$/.exec(path);
    const [, model = query["name"] ?? given["name"], alias] = named ?? [];
    if (method === "GET" && alias !== undefined) return this.versionOf(String(model), alias);
    if (method === "PUT" && alias !== undefined) {
      return this.pointAt(String(model), alias, String(given["version_num"]));
    }
    if (path.startsWith(REGISTRY)) {
      const version = query["version"] ?? String(given["version"]);
      const tag = [String(given["key"]), String(given["value"])] as const;
      const call = `${method} ${path.slice(REGISTRY.length)}`;
      if (!this.isKnown(model)) return noModel(String(model));
      if (call === "GET /registered-models/get") return this.asModel(model);
      if (call === "POST /registered-models/set-tag") return setTag(this.modelTags, tag);
      if (call === "GET /model-versions/get") return this.asVersion(model, version);
      if (call === "POST /model-versions/set-tag") return this.tag(version, tag);
    }
    return (
      this.tracking.answer(request) ??
      this.files.answer(request) ??
      refusal(501, "NOT_IMPLEMENTED", `the double does not know ${method} ${path}`)
    );
  }

  private isKnown(model: unknown): model is string {
    return model === this.model || (this.answersForAll && typeof model === "string");
  }

  private asModel(name: string): Reply {
    const aliases = [...this.aliases].map(([alias, version]) => ({ alias, version }));
    return { body: { registered_model: { name, aliases, tags: asList(this.modelTags) } } };
  }

  private asVersion(name: string, version: string): Reply {
    const found = this.versions.get(version);
    if (found === undefined) return noVersion(version);
    const { status, runId, tags } = found;
    const run = runId === undefined ? {} : { run_id: runId };
    return { body: { model_version: { name, version, status, ...run, tags: asList(tags) } } };
  }

  private versionOf(model: string, alias: string): Reply {
    const version = this.isKnown(model) ? this.aliases.get(alias) : undefined;
    if (version === undefined) {
      return refusal(404, "RESOURCE_DOES_NOT_EXIST", `Alias '${alias}' does not exist.`);
    }
    const { status, runId } = this.versions.get(version) ?? {};
    return { body: { version: Number(version), status, run_id: runId, model_name: "churn" } };
  }

  private pointAt(model: string, alias: string, version: string): Reply {
    if (!this.isKnown(model) || !this.versions.has(version)) return noVersion(version);
    this.aliases.set(alias, version);
    return { body: { alias_name: alias, version_num: Number(version) } };
  }

  private tag(version: string, tag: readonly [string, string]): Reply {
    const found = this.versions.get(version);
    return found === undefined ? noVersion(version) : setTag(found.tags, tag);
  }
}

/** https://learn.microsoft.com/en-us/azure/databricks/database-objects/tags#constraints */
function setTag(tags: Map<string, string>, [key, value]: readonly [string, string]): Reply {
  const isAllowed =
    /^[^.,\-=/:]{1,255}$/.test(key) && value.length <= 1000 && value === value.trim();
  if (!isAllowed || (tags.size >= 50 && !tags.has(key))) {
    return refusal(400, "INVALID_PARAMETER_VALUE", `no tag: ${key}=${value}`);
  }
  tags.set(key, value);
  return { body: {} };
}

const asList = (tags: ReadonlyMap<string, string>) =>
  [...tags].map(([key, value]) => ({ key, value }));

const noModel = (model: string): Reply =>
  refusal(404, "RESOURCE_DOES_NOT_EXIST", `Registered model '${model}' does not exist.`);

const noVersion = (version: string): Reply =>
  refusal(404, "RESOURCE_DOES_NOT_EXIST", `Version ${version} does not exist.`);
