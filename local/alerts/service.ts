import type { Cron } from "croner";
import { ApiError } from "../errors";
import { USER } from "../identity";
import { quartz } from "../jobs/quartz";
import { lakehouseOf } from "../lakehouse";
import type { Executed, Statement } from "../lakehouse/shapes";
import { senderOf, type Recipient } from "../notifications/deliver";
import { wake } from "../sql/warehouse";
import type { Workspace } from "../workspace";
import { evaluate, type Outcome } from "./evaluate";
import { alertMessage } from "./message";
import { alerts, requireAlert, type Alert } from "./records";
import { alertStates, isTold, type AlertState } from "./state";

/** What a task may set other than the alert does. */
export interface Overrides {
  readonly warehouse_id?: string | undefined;
  /** Values of the alert's parameters, by name. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Who is told, instead of the alert's subscribers. */
  readonly recipients?: readonly Recipient[] | undefined;
}

/** Evaluates the alerts of a workspace: on their schedules, and when a task asks for it. */
export class Alerts {
  readonly #workspace: Workspace;
  readonly #query: (statement: Statement) => Promise<Executed>;
  readonly #timers = new Map<string, Cron>();

  /** @param query - What runs the queries: the workspace's SQL engine. */
  constructor(workspace: Workspace, query: (statement: Statement) => Promise<Executed>) {
    this.#workspace = workspace;
    this.#query = query;
    for (const alert of alerts(workspace).list()) this.follow(alert);
  }

  /** Follows an alert's schedule as it is now. Times missed while stopped are not made up. */
  follow({ id, lifecycle_state, schedule }: Alert): void {
    this.forget(id);
    if (lifecycle_state === "DELETED" || schedule.pause_status === "PAUSED") return;
    const timer = quartz(schedule.quartz_cron_schedule, schedule.timezone_id, () => {
      this.evaluate(id).catch((error: unknown) => {
        console.error(error);
      });
    });
    this.#timers.set(id, timer);
  }

  /** Stops following an alert's schedule. */
  forget(id: string): void {
    this.#timers.get(id)?.stop();
    this.#timers.delete(id);
  }

  close(): void {
    for (const id of [...this.#timers.keys()]) this.forget(id);
  }

  /**
   * Evaluates an alert, keeps its state and tells who is to be told.
   * @throws ApiError for an alert that does not exist or is in the trash, or a parameter that it does not have;
   * a query that fails gives the state ERROR instead.
   */
  async evaluate(id: string, overrides: Overrides = {}): Promise<AlertState> {
    const alert = overridden(requireAlert(this.#workspace, id), overrides);
    const outcome = await this.#outcome(alert);
    // No pause from here until the state is kept: of two evaluations at once, one tells of the change.
    const now = Date.now();
    const before = alertStates(this.#workspace).get(id);
    const told = isTold(before, outcome.state, alert.evaluation.notification, now);
    const state = stateOf(outcome, now, told ? now : before?.triggered_told_at);
    // It may have been deleted in the meantime.
    if (alerts(this.#workspace).get(id) === undefined) return state;
    alertStates(this.#workspace).put(id, state);
    const recipients = overrides.recipients ?? subscribers(alert);
    if (told && recipients.length > 0)
      await senderOf(this.#workspace).notify(
        recipients,
        alertMessage(this.#workspace, alert, outcome, state.last_evaluated_at),
      );
    return state;
  }

  async #outcome(alert: Alert): Promise<Outcome> {
    try {
      wake(this.#workspace, alert.warehouse_id);
    } catch (error) {
      return { state: "ERROR", error: error instanceof Error ? error.message : String(error) };
    }
    return evaluate((statement) => this.#query({ ...statement, user: USER.userName }), alert);
  }
}

/** @throws ApiError */
function overridden(alert: Alert, { warehouse_id, parameters = {} }: Overrides): Alert {
  if (alert.lifecycle_state === "DELETED")
    throw new ApiError("INVALID_STATE", `Alert '${alert.id}' is in the trash.`);
  const known = alert.parameters ?? [];
  const unknown = Object.keys(parameters).filter((key) => !known.some(({ name }) => name === key));
  if (unknown.length > 0)
    throw new ApiError(
      "INVALID_PARAMETER_VALUE",
      `Alert '${alert.id}' has no parameter ${unknown.map((name) => `'${name}'`).join(", ")}.`,
    );
  return {
    ...alert,
    warehouse_id: warehouse_id ?? alert.warehouse_id,
    parameters: known.map((one) => ({ ...one, value: parameters[one.name] ?? one.value })),
  };
}

function stateOf(
  { state, value, threshold, error }: Outcome,
  now: number,
  toldAt: number | undefined,
): AlertState {
  return {
    state,
    last_evaluated_at: new Date(now).toISOString(),
    ...(value === undefined ? {} : { value }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(error === undefined ? {} : { error }),
    ...(state === "TRIGGERED" && toldAt !== undefined ? { triggered_told_at: toldAt } : {}),
  };
}

function subscribers({ evaluation }: Alert): Recipient[] {
  return (evaluation.notification?.subscriptions ?? []).flatMap(
    ({ destination_id, user_email }): Recipient[] => [
      ...(destination_id === undefined ? [] : [{ destination_id }]),
      ...(user_email === undefined ? [] : [{ emails: [user_email] }]),
    ],
  );
}

const services = new WeakMap<Workspace, Alerts>();

/** Starts to evaluate the workspace's alerts; it stops when the workspace closes. */
export function startAlerts(
  workspace: Workspace,
  query = (statement: Statement) => lakehouseOf(workspace).query(statement),
): Alerts {
  const service = new Alerts(workspace, query);
  services.set(workspace, service);
  workspace.onClose(() => {
    service.close();
    return Promise.resolve();
  });
  return service;
}

/** What evaluates the workspace's alerts; undefined until it is started. */
export function alertsOf(workspace: Workspace): Alerts | undefined {
  return services.get(workspace);
}
