import { createServer, type Server } from "node:http";
import { experimentOf } from "./manyModels";

/** How long a call to the registry takes from another data centre, milliseconds. */
const LATENCY_MS = 50;

const REGISTRY = "/api/2.0/mlflow/unity-catalog";

/**
 * A double of a workspace's registry and tracking server, in which every model has a champion, version 1, and a
 * better challenger, version 2. It answers what a preview asks, each call after {@link LATENCY_MS}: MLflow's own
 * server would take the time of the two cores that the preview is measured on.
 */
export class ManyRegistry {
  /** Calls to the registry by model. */
  readonly calls = new Map<string, number>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ManyRegistry> {
    const server = createServer();
    const registry = new ManyRegistry(server);
    server.on("request", (request, response) => {
      const url = new URL(request.url ?? "/", "http://double");
      const answer = registry.answer(url.pathname, url.searchParams);
      setTimeout(() => {
        const status = answer === undefined ? 501 : 200;
        const unknown = { error_code: "NOT_IMPLEMENTED", message: `not known: ${url.pathname}` };
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(answer ?? unknown));
      }, LATENCY_MS);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  /** e.g. `http://127.0.0.1:41234` */
  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === "string") throw new Error("It does not listen.");
    return `http://127.0.0.1:${String(address.port)}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(path: string, query: URLSearchParams): object | undefined {
    const name = query.get("name") ?? "";
    if (path.startsWith(REGISTRY)) this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    switch (path) {
      case "/api/2.0/preview/scim/v2/Me":
        return { userName: "bench" };
      case `${REGISTRY}/registered-models/get`:
        return { registered_model: { name, aliases: ALIASES, tags: [] } };
      case `${REGISTRY}/model-versions/get`: {
        const version = query.get("version") ?? "";
        const run_id = `${name} ${version}`;
        return { model_version: { name, version, status: "READY", run_id, tags: [] } };
      }
      case "/api/2.0/mlflow/runs/get":
        return { run: runOf(query.get("run_id") ?? "") };
      case "/api/2.0/mlflow/experiments/get": {
        const id = query.get("experiment_id") ?? "";
        return { experiment: { experiment_id: id, name: experimentOf(id) } };
      }
      case "/api/2.0/mlflow/metrics/get-history": {
        const key = query.get("metric_key") ?? "";
        const { metrics } = runOf(query.get("run_id") ?? "").data;
        return { metrics: metrics.filter((one) => one.key === key) };
      }
      default:
        return undefined;
    }
  }
}

const ALIASES = [
  { alias: "champion", version: "1" },
  { alias: "challenger", version: "2" },
];

const SIGNATURE = JSON.stringify({
  inputs: [{ name: "x", type: "double", required: true }],
  outputs: [{ name: "y", type: "long", required: true }],
});

function runOf(run_id: string) {
  const [experiment_id = "", version = ""] = run_id.split(" ");
  const metric = (key: string, value: number) => ({
    key,
    value,
    timestamp: 1_760_000_000_000,
    step: 0,
  });
  return {
    info: { run_id, experiment_id, lifecycle_stage: "active" },
    data: {
      metrics: [metric("val_auc_roc", version === "2" ? 0.9 : 0.85), metric("val_rows", 5000)],
      tags: [{ key: "mlops.signature", value: SIGNATURE }],
    },
    inputs: {
      dataset_inputs: [
        {
          tags: [{ key: "mlflow.data.context", value: "validation" }],
          dataset: { name: "holdout", digest: "d1", source_type: "delta", source: "{}" },
        },
      ],
    },
  };
}
