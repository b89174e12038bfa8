import {
  FederatedIdentityCredential,
  UserAssignedIdentity,
} from "@pulumi/azure-native/managedidentity";
import * as pulumi from "@pulumi/pulumi";
import { placed, type AzureEnvironment } from "./environment";
import { AUDIENCE, type FederatedSubject } from "./federation";
import type { Identity } from "./foundation";
import { grantRole, type Grant } from "./roles";

/** Arguments of {@link ManagedIdentity}. */
export interface ManagedIdentityArgs {
  readonly environment: AzureEnvironment;
  /** What it is for, the end of its name: `deploy` → `mlops-dev-deploy`. */
  readonly purpose: string;
  /** Who may sign in as it. Up to 20; none for an identity that Databricks alone uses. */
  readonly subjects: readonly FederatedSubject[];
  /** What it may do, by the name of each right. */
  readonly grants: Readonly<Record<string, Grant>>;
}

/** Azure's bound: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
const MOST_SUBJECTS = 20;

/** A user-assigned identity that has no secret: who may sign in as it is told by federated credentials. */
export class ManagedIdentity extends pulumi.ComponentResource implements Identity {
  readonly clientId: pulumi.Output<string>;
  readonly principalId: pulumi.Output<string>;
  readonly resourceId: pulumi.Output<string>;

  /** @throws pulumi.RunError for more than 20 subjects, or two that Azure cannot tell apart. */
  constructor(name: string, args: ManagedIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:ManagedIdentity", name, {}, opts);
    const { environment, purpose, subjects, grants } = args;
    checkSubjects(name, subjects);
    const identity = new UserAssignedIdentity(
      `${name}-identity`,
      { ...placed(environment), resourceName: `${environment.names.base}-${purpose}` },
      { parent: this },
    );
    // One after the other: Azure refuses two at a time for the same identity.
    // https://github.com/hashicorp/terraform-provider-azurerm/issues/19968
    let previous: FederatedIdentityCredential | undefined;
    for (const subject of subjects) {
      previous = new FederatedIdentityCredential(
        `${name}-${subject.name}`,
        {
          resourceGroupName: environment.resourceGroupName,
          resourceName: identity.name,
          federatedIdentityCredentialResourceName: subject.name,
          issuer: subject.issuer,
          subject: subject.subject,
          audiences: [AUDIENCE],
        },
        { parent: this, ...(previous && { dependsOn: [previous] }) },
      );
    }
    for (const [right, grant] of Object.entries(grants)) {
      const opts = { parent: this };
      grantRole(`${name}-${right}`, environment.subscriptionId, identity.principalId, grant, opts);
    }
    this.clientId = identity.clientId;
    this.principalId = identity.principalId;
    this.resourceId = identity.id;
    this.registerOutputs({ clientId: this.clientId });
  }
}

function checkSubjects(name: string, subjects: readonly FederatedSubject[]): void {
  if (subjects.length > MOST_SUBJECTS) {
    throw new pulumi.RunError(
      `${name} has ${subjects.length} federated subjects; Azure takes ${MOST_SUBJECTS} at most.`,
    );
  }
  for (const key of ["name", "subject"] as const) {
    const values = subjects.map((subject) => subject[key]);
    const twice = values.find((value, index) => values.indexOf(value) !== index);
    if (twice !== undefined) {
      throw new pulumi.RunError(
        `${name} has two federated subjects with the ${key} '${twice}'; each must be another.`,
      );
    }
  }
}
