import { refusal, startHttpDouble, type Received, type Reply } from "../httpDouble";

interface Version {
  status: string;
  runId: string | undefined;
  readonly tags: Map<string, string>;
}

/** The model that the double knows. */
export const MODEL = "ml.models.churn";

/**
 * A double of Unity Catalog's registry and MLflow's tracking for one model: the calls that the gate
 * makes, over real HTTP on loopback. Whatever else is asked for is refused with 501.
 */
export class RegistryDouble {
  readonly versions = new Map<string, Version>();
  readonly aliases = new Map<string, string>();
  /** Metrics by run, as MLflow answers them: numbers, or text for what JSON cannot say. */
  readonly runs = new Map<string, Record<string, unknown>>();
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

  /** Registers a version with a run, and nominates it as training does. */
  nominate(version: string, metrics: Record<string, unknown>, status = "READY"): void {
    this.versions.set(version, { status, runId: `run-${version}`, tags: new Map() });
    this.runs.set(`run-${version}`, metrics);
    this.aliases.set("challenger", version);
  }

  /** Configuration of a stack that is deployed to this workspace. */
  get config(): Record<string, string> {
    return { "databricks:host": this.host, "databricks:token": this.token };
  }

  /** What was written, in order: `PUT champion 3`, `TAG 3 mlops.gate.verdict=promoted`. */
  get writes(): string[] {
    return this.received
      .filter(({ method }) => method !== "GET")
      .map(({ method, path, body }) => {
        const { version_num, version, key, value } = Object(body) as Record<string, unknown>;
        return method === "POST"
          ? `TAG ${String(version)} ${String(key)}=${String(value)}`
          : [method, path.split("/").at(-1), version_num].join(" ").trim();
      });
  }

  /** What the registry itself answers, with its effect. */
  answer(request: Received): Reply {
    const { method, path, query, body } = request;
    const alias = new RegExp(`^/api/2.1/unity-catalog/models/${this.model}/aliases/(\\w+)$`).exec(
      path,
    )?.[1];
    const given = Object(body) as Record<string, unknown>;
    if (alias !== undefined && method === "GET") return this.versionOf(alias);
    if (alias !== undefined && method === "PUT") {
      return this.pointAt(alias, String(given["version_num"]));
    }
    if (method === "GET" && path === "/api/2.0/mlflow/runs/get") {
      return this.run(query["run_id"] ?? "");
    }
    const versions = "/api/2.0/mlflow/unity-catalog/model-versions";
    if (method === "GET" && path === `${versions}/get`) return this.tagsOf(query["version"] ?? "");
    if (method === "POST" && path === `${versions}/set-tag`) {
      return this.tag(String(given["version"]), String(given["key"]), String(given["value"]));
    }
    return refusal(501, "NOT_IMPLEMENTED", `the double does not know ${method} ${path}`);
  }

  private version(name: string): Version {
    const found = this.versions.get(name);
    if (found === undefined) throw new Error(`The double has no version ${name}.`);
    return found;
  }

  private versionOf(alias: string): Reply {
    const name = this.aliases.get(alias);
    if (name === undefined) {
      return refusal(404, "RESOURCE_DOES_NOT_EXIST", `Alias '${alias}' does not exist.`);
    }
    const { status, runId } = this.version(name);
    return { body: { version: Number(name), status, run_id: runId, model_name: "churn" } };
  }

  private pointAt(alias: string, version: string): Reply {
    if (!this.versions.has(version)) return noVersion(version);
    this.aliases.set(alias, version);
    return { body: { alias_name: alias, version_num: Number(version) } };
  }

  private tag(version: string, key: string, value: string): Reply {
    if (!this.versions.has(version)) return noVersion(version);
    this.version(version).tags.set(key, value);
    return { body: {} };
  }

  private run(id: string): Reply {
    const metrics = this.runs.get(id);
    if (metrics === undefined) return refusal(404, "RESOURCE_DOES_NOT_EXIST", "No such run.");
    const logged = Object.entries(metrics).map(([key, value]) => ({ key, value, step: 0 }));
    return { body: { run: { info: { run_id: id }, data: { metrics: logged } } } };
  }

  private tagsOf(version: string): Reply {
    const tags = [...this.version(version).tags].map(([key, value]) => ({ key, value }));
    return { body: { model_version: { name: this.model, version, tags } } };
  }
}

const noVersion = (version: string): Reply =>
  refusal(404, "RESOURCE_DOES_NOT_EXIST", `Version ${version} does not exist.`);
