import { DataCollectionEndpoint, DataCollectionRule } from "@pulumi/azure-native/monitor";
import { Table } from "@pulumi/azure-native/operationalinsights";
import * as pulumi from "@pulumi/pulumi";
import { placed, type AzureEnvironment } from "./environment";
import type { LogAnalytics } from "./logAnalytics";

/** Name of the table; custom ones end in `_CL`. */
export const NOTICES_TABLE = "DriftNotices_CL";

const STREAM = `Custom-${NOTICES_TABLE}`;

/**
 * When a notice came, and all that was in it: the shape of what alerts post is not documented. Tables and rules
 * spell the first type differently.
 */
const columns = (datetime: "dateTime" | "datetime") => [
  { name: "TimeGenerated", type: datetime },
  { name: "Notice", type: "dynamic" },
];

/** Arguments of {@link DriftNotices}. */
export interface DriftNoticesArgs {
  readonly environment: AzureEnvironment;
  readonly logs: LogAnalytics;
}

/**
 * A table of what alerts had to tell, and the address that rows are posted to.
 * https://learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview
 */
export class DriftNotices extends pulumi.ComponentResource {
  readonly table: Table;
  readonly rule: DataCollectionRule;
  /** Where rows are posted as a JSON array, with a token for https://monitor.azure.com. */
  readonly ingestionUrl: pulumi.Output<string>;

  constructor(name: string, args: DriftNoticesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:DriftNotices", name, {}, opts);
    const { environment, logs } = args;
    const { base } = environment.names;
    this.table = new Table(
      `${name}-table`,
      {
        resourceGroupName: environment.resourceGroupName,
        workspaceName: logs.workspace.name,
        tableName: NOTICES_TABLE,
        schema: { name: NOTICES_TABLE, columns: columns("dateTime") },
      },
      { parent: this },
    );
    const endpoint = new DataCollectionEndpoint(
      `${name}-endpoint`,
      {
        ...placed(environment),
        dataCollectionEndpointName: `${base}-notices`,
        // The Logic App that posts has no network of its own; it comes with a token.
        networkAcls: { publicNetworkAccess: "Enabled" },
      },
      { parent: this },
    );
    this.rule = new DataCollectionRule(
      `${name}-rule`,
      {
        ...placed(environment),
        dataCollectionRuleName: `${base}-notices`,
        dataCollectionEndpointId: endpoint.id,
        streamDeclarations: { [STREAM]: { columns: columns("datetime") } },
        destinations: { logAnalytics: [{ name: "logs", workspaceResourceId: logs.workspace.id }] },
        dataFlows: [
          {
            streams: [STREAM],
            destinations: ["logs"],
            transformKql: "source",
            outputStream: STREAM,
          },
        ],
      },
      // A rule needs its table; nothing in its arguments says so.
      { parent: this, dependsOn: [this.table] },
    );
    const address = endpoint.logsIngestion.apply((ingestion) => ingestion?.endpoint ?? "");
    this.ingestionUrl = pulumi.interpolate`${address}/dataCollectionRules/${this.rule.immutableId}/streams/${STREAM}?api-version=2023-01-01`;
    this.registerOutputs({ tableId: this.table.id });
  }
}
