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
  /** Requests that it has not answered yet. */
  holders: number;
  /** Whether it is to end once they are answered. */
  leaving: boolean;
  ended: boolean;
}

/** The use of a process for one request. */
export interface Held {
  /** As {@link Scorers.url}. */
  readonly url: Promise<string>;
  /** Says that the request is answered; the process may end then. */
  readonly release: () => void;
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
  /** Those that are needed no more, but have requests to answer. */
  readonly #leaving = new Set<Scorer>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /**
   * The URL of a process that has loaded the entity's model.
   * @throws Error with the end of its log when the model cannot be loaded.
   */
  async url(entity: ServedEntity): Promise<string> {
    const held = this.hold(entity);
    try {
      return await held.url;
    } finally {
      held.release();
    }
  }

  /** As {@link url}, for a request: the process does not end before it is released. */
  hold(entity: ServedEntity): Held {
    const key = keyOf(entity);
    const scorer = this.#scorers.get(key) ?? this.#start(entity, key);
    scorer.holders += 1;
    return {
      url: scorer.server.ready.then((url) => {
        if (this.#scorers.get(key) === scorer && !scorer.ended) this.#ready.add(key);
        return url;
      }),
      release: () => {
        scorer.holders -= 1;
        scorer.lastUsed = Date.now();
        if (scorer.leaving && scorer.holders === 0) void this.#end(scorer);
      },
    };
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

  /**
   * Ends the processes of all other entities, and those that may be scaled to zero and were idle long enough;
   * each once it has answered what it was asked.
   */
  async keep(entities: readonly ServedEntity[]): Promise<void> {
    const wanted = new Map(entities.map((entity) => [keyOf(entity), entity]));
    const idleSince = Date.now() - IDLE_MINUTES * 60_000;
    const leaving = [...this.#scorers].filter(([key, { holders, lastUsed }]) => {
      const entity = wanted.get(key);
      if (entity === undefined) return true;
      return entity.scale_to_zero_enabled && holders === 0 && lastUsed < idleSince;
    });
    const idle: Scorer[] = [];
    for (const [key, scorer] of leaving) {
      this.#forget(key);
      scorer.leaving = true;
      if (scorer.holders === 0) idle.push(scorer);
      else this.#leaving.add(scorer);
    }
    await Promise.all(idle.map((scorer) => this.#end(scorer)));
  }

  /** Ends all processes, whatever they are doing. */
  async stop(): Promise<void> {
    const all = [...this.#scorers.values(), ...this.#leaving];
    this.#scorers.clear();
    this.#ready.clear();
    await Promise.all(all.map((scorer) => this.#end(scorer)));
  }

  #start(entity: ServedEntity, key: string): Scorer {
    const server = startPythonServer(this.#workspace, {
      script: join(__dirname, "scorer.py"),
      args: [new ArtifactStore(this.#workspace).locate(versionArtifacts(entity.version_id))],
      log: this.logFile(entity),
      env: entity.environment_vars ?? {},
    });
    const scorer: Scorer = {
      ...{ server, lastUsed: Date.now(), holders: 0, leaving: false, ended: false },
    };
    this.#scorers.set(key, scorer);
    void server.exited.then(() => {
      scorer.ended = true;
      // The next request starts another one.
      if (this.#scorers.get(key) === scorer) this.#forget(key);
    });
    return scorer;
  }

  async #end(scorer: Scorer): Promise<void> {
    this.#leaving.delete(scorer);
    await scorer.server.stop();
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
