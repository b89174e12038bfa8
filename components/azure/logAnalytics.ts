import { DiagnosticSetting } from "@pulumi/azure-native/monitor";
import { Workspace } from "@pulumi/azure-native/operationalinsights";
import * as pulumi from "@pulumi/pulumi";
import { placed, type AzureEnvironment } from "./environment";

/** Arguments of {@link LogAnalytics}. */
export interface LogAnalyticsArgs {
  readonly environment: AzureEnvironment;
  /** Days that logs are kept, 30 to 730. @default 90 */
  readonly retentionDays?: number | undefined;
  /** Gigabytes a day after which nothing more is taken. @default no bound */
  readonly dailyCapGb?: number | undefined;
}

/** The Log Analytics workspace that an environment's resources send their logs to. */
export class LogAnalytics extends pulumi.ComponentResource {
  readonly workspace: Workspace;
  readonly #base: string;

  /** @throws pulumi.RunError for a retention outside 30 to 730 days, or a cap that is not above 0. */
  constructor(name: string, args: LogAnalyticsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:LogAnalytics", name, {}, opts);
    const { environment, retentionDays = 90, dailyCapGb } = args;
    if (retentionDays < 30 || retentionDays > 730) {
      throw new pulumi.RunError(
        `retentionDays of ${name} is ${retentionDays}; it must be between 30 and 730.`,
      );
    }
    if (dailyCapGb !== undefined && dailyCapGb <= 0) {
      throw new pulumi.RunError(`dailyCapGb of ${name} is ${dailyCapGb}; it must be above 0.`);
    }
    this.#base = environment.names.base;
    this.workspace = new Workspace(
      `${name}-workspace`,
      {
        ...placed(environment),
        workspaceName: `${environment.names.base}-logs`,
        sku: { name: "PerGB2018" },
        retentionInDays: retentionDays,
        // Only Microsoft Entra ID, no workspace keys.
        features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true },
        ...(dailyCapGb !== undefined && { workspaceCapping: { dailyQuotaGb: dailyCapGb } }),
      },
      { parent: this, protect: environment.protect },
    );
    this.registerOutputs({ workspaceId: this.workspace.id });
  }

  /**
   * Sends logs of a resource here.
   * @param categories - As the resource's type names them:
   * https://learn.microsoft.com/azure/azure-monitor/reference/logs-index
   */
  collect(
    name: string,
    resourceUri: pulumi.Input<string>,
    categories: readonly string[],
  ): DiagnosticSetting {
    return new DiagnosticSetting(
      name,
      {
        name: `${this.#base}-logs`,
        resourceUri,
        workspaceId: this.workspace.id,
        logs: categories.map((category) => ({ category, enabled: true })),
      },
      { parent: this },
    );
  }
}
