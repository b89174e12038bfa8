import { listWorkflowTriggerCallbackUrlOutput, Workflow } from "@pulumi/azure-native/logic";
import * as pulumi from "@pulumi/pulumi";
import type { DriftNotices } from "./driftNotices";
import { placed, type AzureEnvironment } from "./environment";
import { grantRole, principalIdOf } from "./roles";

/** Arguments of {@link AlertWebhook}. */
export interface AlertWebhookArgs {
  readonly environment: AzureEnvironment;
  /** Where what comes in is written to. */
  readonly notices: DriftNotices;
}

const TRIGGER = "manual";

/**
 * What a Databricks notification destination can post to, on the way to an action group, which takes no web
 * requests itself: a Logic App that writes each request into a table.
 * https://learn.microsoft.com/azure/logic-apps/logic-apps-http-endpoint
 */
export class AlertWebhook extends pulumi.ComponentResource {
  readonly workflow: Workflow;
  /** Its address with a signature that lets anybody post: a secret. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: AlertWebhookArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:AlertWebhook", name, {}, opts);
    const { environment, notices } = args;
    const { resourceGroupName, subscriptionId } = environment;
    this.workflow = new Workflow(
      `${name}-workflow`,
      {
        ...placed(environment),
        workflowName: `${environment.names.base}-alerts`,
        identity: { type: "SystemAssigned" },
        state: "Enabled",
        definition: definition(notices.ingestionUrl),
      },
      { parent: this },
    );
    grantRole(
      `${name}-publish`,
      subscriptionId,
      principalIdOf(this.workflow.identity),
      {
        role: "Monitoring Metrics Publisher",
        scope: notices.rule.id,
        reason: "The Logic App writes notices into their table",
      },
      { parent: this },
    );
    // Databricks signs its requests in no way that a Logic App could check, so the signature is in the
    // address: https://learn.microsoft.com/azure/databricks/admin/workspace-settings/notification-destinations
    const callback = listWorkflowTriggerCallbackUrlOutput(
      { resourceGroupName, workflowName: this.workflow.name, triggerName: TRIGGER },
      { parent: this },
    );
    this.url = pulumi.secret(callback.value);
    this.registerOutputs({ workflowId: this.workflow.id });
  }
}

/** Takes any JSON and posts it as one row, with a token of the Logic App's own identity. */
function definition(ingestionUrl: pulumi.Output<string>) {
  return {
    $schema:
      "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#",
    contentVersion: "1.0.0.0",
    triggers: {
      [TRIGGER]: { type: "Request", kind: "Http", inputs: { method: "POST", schema: {} } },
    },
    actions: {
      write: {
        type: "Http",
        runAfter: {},
        inputs: {
          method: "POST",
          uri: ingestionUrl,
          headers: { "Content-Type": "application/json" },
          body: [{ TimeGenerated: "@{utcNow()}", Notice: "@triggerBody()" }],
          authentication: {
            type: "ManagedServiceIdentity",
            audience: "https://monitor.azure.com",
          },
        },
      },
    },
  };
}
