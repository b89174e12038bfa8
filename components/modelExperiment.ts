import * as databricks from "@pulumi/databricks";
import type * as pulumi from "@pulumi/pulumi";
import type { Platform } from "./platform";

/**
 * The MLflow experiment of a model, which engineers manage, jobs write and users read.
 * @param name - Name of the resource; its permissions are `<name>-permissions`.
 * @param path - Workspace path, e.g. `/Shared/ml/customer-churn`.
 */
export function modelExperiment(
  name: string,
  platform: Platform,
  path: string,
  parent: pulumi.Resource,
): databricks.MlflowExperiment {
  const experiment = new databricks.MlflowExperiment(
    name,
    { name: path },
    { parent, dependsOn: [platform.tasks], protect: platform.protect },
  );
  new databricks.Permissions(
    `${name}-permissions`,
    {
      experimentId: experiment.id,
      accessControls: [
        { groupName: platform.access.engineers, permissionLevel: "CAN_MANAGE" },
        { groupName: platform.access.users, permissionLevel: "CAN_READ" },
        ...(platform.jobs.runAs === undefined
          ? []
          : [{ servicePrincipalName: platform.jobs.runAs, permissionLevel: "CAN_EDIT" }]),
      ],
    },
    { parent },
  );
  return experiment;
}
