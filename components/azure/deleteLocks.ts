import { ManagementLockByScope } from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";

/** Arguments of {@link DeleteLocks}. */
export interface DeleteLocksArgs {
  /** ARM ids of what is locked, by a short name. */
  readonly resources: Readonly<Record<string, pulumi.Input<string>>>;
  /** All that is inside or on them: made before the locks, deleted after them. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * Keeps what holds data from being deleted, whoever asks, until somebody takes the lock away. A lock covers
 * what is inside and on the resource too, such as containers and role assignments: it has to go before they can.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
 */
export class DeleteLocks extends pulumi.ComponentResource {
  constructor(name: string, args: DeleteLocksArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:DeleteLocks", name, {}, opts);
    for (const [resource, scope] of Object.entries(args.resources)) {
      new ManagementLockByScope(
        `${name}-${resource}`,
        {
          scope,
          lockName: "holds-data",
          level: "CanNotDelete",
          notes:
            "Holds data that cannot be made again. Set locks: false in mlops:azure to remove it.",
        },
        { parent: this, dependsOn: [...args.after] },
      );
    }
    this.registerOutputs({ resources: Object.keys(args.resources) });
  }
}
