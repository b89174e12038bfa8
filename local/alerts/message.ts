import Mustache from "mustache";
import { USER } from "../identity";
import { factLines, factTable, type Facts } from "../notifications/facts";
import { payload as payloadSchema, type Message } from "../notifications/records";
import type { Workspace } from "../workspace";
import type { Outcome } from "./evaluate";
import type { Alert, AlertBody } from "./records";
import { escaped, Html, plainText, tableOf, valuesOf, type View } from "./template";

type Evaluation = AlertBody["evaluation"];

/** The summary of an alert that sets none; https://docs.databricks.com/sql/user/alerts/webhook-payload */
const SUMMARY = 'Alert "{{ALERT_NAME}}" changed status to {{ALERT_STATUS}}';

/** Where people look at an alert. */
function alertUrl({ url }: Workspace, id: string): string {
  return `${url}/sql/alerts-v2/${id}`;
}

/**
 * What subscribers are sent: the alert's own summary and description, as templates, and what was found.
 * @param at - When it was evaluated, as ISO 8601.
 */
export function alertMessage(
  workspace: Workspace,
  alert: Alert,
  outcome: Outcome,
  at: string,
): Message {
  const view = viewOf(workspace, alert, outcome);
  const { custom_summary = SUMMARY, custom_description = "" } = alert;
  const summary = render(custom_summary, view, valuesOf).replace(/\s+/g, " ").trim();
  const facts = factsOf(workspace, alert, outcome, at);
  const text = plainText(render(custom_description, view, valuesOf));
  const html = render(custom_description, view, escaped);
  return {
    about: { kind: "alert", alert_id: alert.id, state: outcome.state },
    summary,
    text: `${text}\n\n${factLines(facts)}`.trimStart(),
    html: `<div>${html}</div>\n${factTable(facts)}`,
    payload: payloadOf(workspace, alert, outcome, at, { summary, description: html }),
  };
}

function factsOf(
  workspace: Workspace,
  alert: Alert,
  { state, value, threshold, error }: Outcome,
  at: string,
): Facts {
  return [
    ["Alert", alert.display_name],
    ["State", state],
    ["Condition", conditionOf(alert.evaluation)],
    ...(value === undefined ? [] : [["Value", value ?? "NULL"] as const]),
    ...(threshold === undefined ? [] : [["Threshold", threshold ?? "NULL"] as const]),
    ...(error === undefined ? [] : [["Error", error] as const]),
    ["Evaluated at", at],
    ["Open", alertUrl(workspace, alert.id)],
  ];
}

const symbols: Record<Evaluation["comparison_operator"], string> = {
  EQUAL: "=",
  NOT_EQUAL: "!=",
  GREATER_THAN: ">",
  GREATER_THAN_OR_EQUAL: ">=",
  LESS_THAN: "<",
  LESS_THAN_OR_EQUAL: "<=",
  IS_NULL: "IS NULL",
  IS_NOT_NULL: "IS NOT NULL",
};

/** e.g. `MAX(drift_score) > 0.1`. */
export function conditionOf({ source, comparison_operator, threshold }: Evaluation): string {
  const value = threshold?.value;
  const constant = value?.double_value ?? value?.bool_value ?? value?.string_value;
  const bound = threshold?.column === undefined ? constant : nameOf(threshold.column);
  const parts = [nameOf(source), symbols[comparison_operator], bound];
  return parts.filter((part) => part !== undefined).join(" ");
}

function nameOf({ name, aggregation }: Evaluation["source"]): string {
  return aggregation === undefined ? name : `${aggregation}(${name})`;
}

/** The variables that templates may name: https://docs.databricks.com/sql/user/alerts/#notification-templates */
function viewOf(workspace: Workspace, alert: Alert, outcome: Outcome): View {
  const { state, value, threshold, result } = outcome;
  const { source, comparison_operator } = alert.evaluation;
  return {
    ALERT_NAME: alert.display_name,
    ALERT_STATUS: state,
    ALERT_CONDITION: symbols[comparison_operator],
    ALERT_THRESHOLD: threshold ?? "",
    ALERT_COLUMN: nameOf(source),
    ALERT_URL: alertUrl(workspace, alert.id),
    QUERY_RESULT_VALUE: value ?? "",
    ...(result === undefined
      ? {}
      : {
          QUERY_RESULT_TABLE: new Html(tableOf(result)),
          QUERY_RESULT_COLS: result.columns.map(({ name }) => ({ name })),
          QUERY_RESULT_ROWS: result.rows.map((row) =>
            Object.fromEntries(result.columns.map(({ name }, at) => [name, row[at] ?? null])),
          ),
        }),
  };
}

/** A template that is none is shown as it is. */
function render(template: string, view: View, escape: (value: unknown) => string): string {
  try {
    return Mustache.render(template, view, {}, { escape });
  } catch {
    return template;
  }
}

/**
 * What a webhook gets. Databricks documents `event`, `url_base`, title, description, and of the alert the fields
 * up to the evaluation's threshold (https://docs.databricks.com/sql/user/alerts/webhook-payload); what follows in
 * an evaluation is named as in the alerts' interface.
 */
function payloadOf(
  workspace: Workspace,
  alert: Alert,
  { state, value, error }: Outcome,
  at: string,
  shown: { summary: string; description: string },
): Message["payload"] {
  const { source, comparison_operator, threshold, empty_result_state } = alert.evaluation;
  const payload = {
    event: "alert_state_change",
    url_base: workspace.url,
    alert: {
      title: shown.summary,
      description: shown.description,
      alert: {
        id: alert.id,
        name: alert.display_name,
        owner: { id: Number(USER.id), name: USER.displayName, email: USER.userName },
        created_at: Date.parse(alert.create_time),
        query_text: alert.query_text,
        warehouse_id: alert.warehouse_id,
        custom_summary: alert.custom_summary,
        custom_description: alert.custom_description,
        evaluations: [
          {
            source: {
              ...source,
              display: source.display ?? source.name,
              aggregation: source.aggregation ?? "AGGREGATION_UNSPECIFIED",
            },
            comparison_operator,
            threshold,
            empty_result_state,
            state,
            last_evaluated_at: at,
            value,
            error,
          },
        ],
      },
    },
  };
  // Without the fields that have no value.
  return payloadSchema.parse(JSON.parse(JSON.stringify(payload)));
}
