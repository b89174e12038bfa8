import { ApiError } from "../errors";
import { serviceOf } from "../serviceOf";
import type { Workspace } from "../workspace";
import { InferenceLog } from "./inferenceLog";
import { RateLimits } from "./rateLimits";
import { endpoints, type EndpointConfig, type EndpointRecord, type ServedEntity } from "./records";
import { noteServedEntities } from "./servedEntities";
import { Scorers, type Held, type ScorerState } from "./scorers";
import { TrafficCounter } from "./traffic";

const UPKEEP_SECONDS = 60;

/**
 * Brings endpoints up and sends requests to them. An update starts its model versions beside the old ones,
 * which answer until the new ones can; if one cannot be loaded, the old ones stay.
 */
export class ModelServing {
  readonly #workspace: Workspace;
  readonly #scorers: Scorers;
  readonly #upkeep: NodeJS.Timeout;
  #stopped = false;
  /** The rate limits of AI Gateway. */
  readonly limits = new RateLimits();
  /** The inference tables of AI Gateway. */
  readonly log: InferenceLog;
  /** What every endpoint had to answer; see {@link TrafficCounter.of}. */
  readonly traffic: TrafficCounter;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.#scorers = new Scorers(workspace);
    this.log = new InferenceLog(workspace);
    this.traffic = new TrafficCounter(workspace);
    this.#upkeep = setInterval(() => {
      this.release().catch(report);
    }, UPKEEP_SECONDS * 1000).unref();
  }

  /**
   * Takes up after a restart: goes on with updates that were under way, and starts what may not be scaled
   * to zero. Everything else starts with its first request.
   */
  resume(): void {
    this.log.resume().catch(report);
    for (const endpoint of endpoints(this.#workspace).list()) {
      if (endpoint.update === "IN_PROGRESS") this.deploy(endpoint.id);
      for (const entity of endpoint.config?.entities ?? []) {
        if (!entity.scale_to_zero_enabled) this.#scorers.url(entity).catch(report);
      }
    }
    this.#noteAll().catch(report);
  }

  /** Brings up the endpoint's pending configuration in the background; the record says how it went. */
  deploy(id: string): void {
    this.#deploy(id).catch(report);
  }

  /** Ends the processes that no endpoint needs any more. */
  async release(): Promise<void> {
    if (this.#stopped) return;
    const needed = endpoints(this.#workspace)
      .list()
      .flatMap(({ config, pending, update }) => [
        ...(config?.entities ?? []),
        ...(update === "IN_PROGRESS" ? (pending?.entities ?? []) : []),
      ]);
    await this.#scorers.keep(needed);
  }

  state(entity: ServedEntity): ScorerState {
    return this.#scorers.state(entity);
  }

  logFile(entity: ServedEntity): string {
    return this.#scorers.logFile(entity);
  }

  /**
   * Takes the entity's process for a request; release it when the request is answered.
   * Its URL rejects with ApiError TEMPORARILY_UNAVAILABLE when the model cannot be loaded.
   */
  hold(entity: ServedEntity): Held {
    const { url, release } = this.#scorers.hold(entity);
    const named = url.catch((error: unknown) => {
      throw new ApiError("TEMPORARILY_UNAVAILABLE", failureOf(entity, error));
    });
    // Whoever waits for it sees the failure; the request's body may fail before.
    named.catch(() => undefined);
    return { url: named, release };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#upkeep);
    this.traffic.save();
    await this.log.close();
    await this.#scorers.stop();
  }

  async #deploy(id: string): Promise<void> {
    const pending = endpoints(this.#workspace).get(id)?.pending;
    if (pending === undefined) return;
    const failure = await this.#load(pending);
    if (failure === undefined) await this.#note(id, pending);
    // When the workspace closes, the update goes on after its next start.
    if (this.#stopped) return;
    const endpoint = endpoints(this.#workspace).get(id);
    if (endpoint?.pending?.version !== pending.version) return;
    endpoints(this.#workspace).put(id, settled(endpoint, pending, failure));
    await this.release();
  }

  async #noteAll(): Promise<void> {
    for (const { id, config } of endpoints(this.#workspace).list())
      if (config !== undefined) await this.#note(id, config);
  }

  /** Before the first request is captured with an id of the configuration, the id shall be explained. */
  async #note(id: string, config: EndpointConfig): Promise<void> {
    const endpoint = endpoints(this.#workspace).get(id);
    if (endpoint !== undefined)
      await noteServedEntities(this.#workspace, endpoint, config).catch(report);
  }

  /** Why the configuration cannot be served, or undefined if all of it can. */
  async #load(config: EndpointConfig): Promise<string | undefined> {
    for (const entity of config.entities) {
      try {
        await this.#scorers.url(entity);
      } catch (error) {
        return failureOf(entity, error);
      }
    }
    return undefined;
  }
}

/** What brings a workspace's serving endpoints up and answers for them. */
export const { of: servingOf, set: setServing } = serviceOf<ModelServing>("serving");

function settled(
  endpoint: EndpointRecord,
  pending: EndpointConfig,
  failure: string | undefined,
): EndpointRecord {
  const now = { ...endpoint, failure, last_updated_timestamp: Date.now() };
  return failure === undefined
    ? { ...now, config: pending, pending: undefined, update: "NOT_UPDATING" }
    : { ...now, update: "UPDATE_FAILED" };
}

/** The last line of a Python traceback is the error itself; the log has the rest. */
function failureOf(entity: ServedEntity, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const reason = message.trim().split("\n").at(-1) ?? message;
  return `Served entity '${entity.name}' (${entity.entity_name} version ${entity.entity_version}) cannot be loaded: ${reason}`;
}

function report(error: unknown): void {
  console.error(error);
}
