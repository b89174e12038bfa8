import { ActionGroup, ScheduledQueryRule } from "@pulumi/azure-native/monitor";
import * as pulumi from "@pulumi/pulumi";
import { NOTICES_TABLE, type DriftNotices } from "./driftNotices";
import { placed, type AzureEnvironment } from "./environment";
import type { LogAnalytics } from "./logAnalytics";

/** Arguments of {@link NoticeAlert}. */
export interface NoticeAlertArgs {
  readonly environment: AzureEnvironment;
  readonly logs: LogAnalytics;
  readonly notices: DriftNotices;
  /** Who is told. At least one address. */
  readonly emails: readonly string[];
}

/** Tells people through Azure Monitor when a notice of drift has come in. */
export class NoticeAlert extends pulumi.ComponentResource {
  readonly actionGroup: ActionGroup;

  /** @throws pulumi.RunError if there are no addresses. */
  constructor(name: string, args: NoticeAlertArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:NoticeAlert", name, {}, opts);
    const { environment, logs, notices, emails } = args;
    if (emails.length === 0) {
      throw new pulumi.RunError(`emails of ${name} is empty; it must name at least one address.`);
    }
    const { names, resourceGroupName, tags } = environment;
    this.actionGroup = new ActionGroup(
      `${name}-group`,
      {
        resourceGroupName,
        tags,
        // Action groups are in no region, so that they outlive the failure of one.
        location: "Global",
        actionGroupName: names.base,
        groupShortName: names.actionGroupShortName,
        enabled: true,
        emailReceivers: emails.map((emailAddress) => ({
          name: emailAddress,
          emailAddress,
          useCommonAlertSchema: true,
        })),
      },
      { parent: this },
    );
    new ScheduledQueryRule(
      `${name}-rule`,
      {
        ...placed(environment),
        ruleName: `${names.base}-drift`,
        displayName: `${names.base}: a model has drifted`,
        description: `A notice has come into ${NOTICES_TABLE}; its column Notice has what Databricks sent.`,
        kind: "LogAlert",
        enabled: true,
        severity: 2,
        scopes: [logs.workspace.id],
        // Rows appear minutes after they were sent, so a look every five minutes goes back fifteen; as long
        // as there are some, it is one alert: https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-types
        evaluationFrequency: "PT5M",
        windowSize: "PT15M",
        autoMitigate: true,
        // Azure would not find the columns of a table that has just been made.
        skipQueryValidation: true,
        criteria: {
          allOf: [
            {
              query: NOTICES_TABLE,
              timeAggregation: "Count",
              operator: "GreaterThan",
              threshold: 0,
              failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
            },
          ],
        },
        actions: { actionGroups: [this.actionGroup.id] },
      },
      { parent: this, dependsOn: [notices.table] },
    );
    this.registerOutputs({ actionGroupId: this.actionGroup.id });
  }
}
