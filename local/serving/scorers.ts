import { createHash } from "node:crypto";
import { join } from "node:path";
import { ArtifactStore } from "../mlflow/artifactStore";
import { versionArtifacts } from "../models/versions";
import { startPythonServer, type PythonServer } from "../pythonServer";
import type { Workspace } from "../workspace";
import type { ServedEntity } from "./records";

/** Databricks scales an endpoint to zero after half an hour without requests. */
const IDLE_MINUTES = 30;

interface Scorer {
  readonly server: PythonServer;
  lastUsed: number;
  ended: boolean;
}

/** How far the process behind a served entity is. */
export type ScorerState = "starting" | "running" | "stopped";

/**
 * One scoring process for each model version and environment that is served, however many endpoints serve
 * it. Processes are started when they are needed first.
 */
export class Scorers {
  readonly #workspace: Workspace;
  readonly #scorers = new Map<string, Scorer>();
  readonly #ready = new Set<string>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /**
   * The URL of a process that has loaded the entity's model.
   * @throws Error with the end of its log when the model cannot be loaded.
   */
  async url(entity: ServedEntity): Promise<string> {
    const key = keyOf(entity);
    const scorer = this.#scorers.get(key) ?? this.#start(entity, key);
    scorer.lastUsed = Date.now();
    const url = await scorer.server.ready;
    if (!scorer.ended) this.#ready.add(key);
    return url;
  }

  state(entity: ServedEntity): ScorerState {
    const key = keyOf(entity);
    if (this.#ready.has(key)) return "running";
    return this.#scorers.has(key) ? "starting" : "stopped";
  }

  /** The file that the entity's process writes its log to. */
  logFile(entity: ServedEntity): string {
    return join(this.#workspace.folder("serving"), `${keyOf(entity)}.log`);
  }

  /** Ends the processes of all other entities, and those that may be scaled to zero and were idle long enough. */
  async keep(entities: readonly ServedEntity[]): Promise<void> {
    const wanted = new Map(entities.map((entity) => [keyOf(entity), entity]));
    const idleSince = Date.now() - IDLE_MINUTES * 60_000;
    const leaving = [...this.#scorers].filter(([key, { lastUsed }]) => {
      const entity = wanted.get(key);
      return entity === undefined || (entity.scale_to_zero_enabled && lastUsed < idleSince);
    });
    for (const [key] of leaving) this.#forget(key);
    await Promise.all(leaving.map(([, { server }]) => server.stop()));
  }

  #start(entity: ServedEntity, key: string): Scorer {
    const server = startPythonServer(this.#workspace, {
      script: join(__dirname, "scorer.py"),
      args: [new ArtifactStore(this.#workspace).locate(versionArtifacts(entity.version_id))],
      log: this.logFile(entity),
      env: entity.environment_vars ?? {},
    });
    const scorer: Scorer = { server, lastUsed: Date.now(), ended: false };
    this.#scorers.set(key, scorer);
    void server.exited.then(() => {
      scorer.ended = true;
      // The next request starts another one.
      if (this.#scorers.get(key) === scorer) this.#forget(key);
    });
    return scorer;
  }

  #forget(key: string): void {
    this.#scorers.delete(key);
    this.#ready.delete(key);
  }
}

function keyOf({ version_id, environment_vars = {} }: ServedEntity): string {
  const environment = Object.entries(environment_vars).sort(([a], [b]) => (a < b ? -1 : 1));
  const identity = JSON.stringify([version_id, environment]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 32);
}
