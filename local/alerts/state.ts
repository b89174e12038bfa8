import { z } from "zod";
import type { Collection } from "../store";
import type { Workspace } from "../workspace";
import {
  alerts,
  evaluationState,
  type Alert,
  type AlertBody,
  type EvaluationState,
} from "./records";

const record = z.strictObject({
  state: evaluationState,
  /** ISO 8601. */
  last_evaluated_at: z.string(),
  /** As the SQL engine writes it; null for NULL; none if there was no row, or an error. */
  value: z.string().nullable().optional(),
  threshold: z.string().nullable().optional(),
  /** Why the state is ERROR. */
  error: z.string().optional(),
  /** When it was last told that the alert is triggered, in ms; none while it is not. */
  triggered_told_at: z.number().optional(),
});

/** What the last evaluation of an alert has found. */
export type AlertState = z.output<typeof record>;

/** The states of alerts that were evaluated, by the alert's id: apart from what callers set. */
export const alertStates = ({ store }: Workspace): Collection<AlertState> =>
  store.collection("alerts.states", record);

/** An alert and how its last evaluation came out. */
export interface AlertWithState {
  readonly alert: Alert;
  /** None before the first evaluation: its state is `UNKNOWN` then. */
  readonly evaluated: AlertState | undefined;
}

/** The alerts that are not in the trash, in the order they were made. */
export function alertsWithState(workspace: Workspace): AlertWithState[] {
  const states = alertStates(workspace);
  return alerts(workspace)
    .list()
    .filter((alert) => alert.lifecycle_state === "ACTIVE")
    .sort((a, b) => a.create_time.localeCompare(b.create_time))
    .map((alert) => ({ alert, evaluated: states.get(alert.id) }));
}

/**
 * Whether subscribers are told of an evaluation: when it changes the state to TRIGGERED or ERROR, or from one
 * of them back to OK if `notify_on_ok` is set; and again while it stays TRIGGERED, `retrigger_seconds` after
 * they were last told (never, if that is 0 or not given).
 * https://docs.databricks.com/api/workspace/alertsv2/createalert
 * @param now - ms
 */
export function isTold(
  before: AlertState | undefined,
  after: EvaluationState,
  notification: AlertBody["evaluation"]["notification"],
  now: number,
): boolean {
  const { notify_on_ok = false, retrigger_seconds = 0 } = notification ?? {};
  const changed = before?.state !== after;
  switch (after) {
    case "TRIGGERED":
      return (
        changed ||
        (retrigger_seconds > 0 && now - (before.triggered_told_at ?? 0) >= retrigger_seconds * 1000)
      );
    case "ERROR":
      return changed;
    case "OK":
      return notify_on_ok && (before?.state === "TRIGGERED" || before?.state === "ERROR");
    case "UNKNOWN":
      return false;
  }
}
