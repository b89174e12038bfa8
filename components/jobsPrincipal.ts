import * as databricks from "@pulumi/databricks";
import * as pulumi from "@pulumi/pulumi";

/** Arguments of {@link JobsPrincipal}. */
export interface JobsPrincipalArgs {
  /** What people see in the workspace: `ml_dev jobs`. */
  readonly displayName: string;
  /** Client id of the Azure managed identity. */
  readonly clientId: pulumi.Input<string>;
  /** Whether deletion is refused: jobs that run as a principal that is gone fail. */
  readonly protect: boolean;
}

/**
 * An Azure managed identity, registered in the workspace as the service principal that jobs run as. It may
 * work in the workspace, and nothing else until it is granted something.
 *
 * Whoever deploys sets it as the run-as of jobs: as an administrator of the workspace, or with the role
 * Service Principal User on it.
 *
 * @example
 * const principal = new JobsPrincipal("platform-jobs-principal", {
 *   displayName: `${settings.catalog} jobs`,
 *   clientId: foundation.jobsIdentity.clientId,
 *   protect: settings.protect,
 * }, { parent: this });
 * this.jobs = { ...settings.jobs, runAs: principal.applicationId };
 */
export class JobsPrincipal extends pulumi.ComponentResource {
  /** What jobs, grants and permissions name it by; known once it is registered. */
  readonly applicationId: pulumi.Output<string>;

  constructor(name: string, args: JobsPrincipalArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:JobsPrincipal", name, {}, opts);
    const registered = new databricks.ServicePrincipal(
      `${name}-service-principal`,
      {
        applicationId: args.clientId,
        displayName: args.displayName,
        workspaceAccess: true,
      },
      { parent: this, protect: args.protect },
    );
    this.applicationId = registered.applicationId;
    this.registerOutputs({ applicationId: this.applicationId });
  }
}
