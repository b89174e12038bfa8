import type { ManagementPolicyArgs } from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";

/** What becomes of files that nobody changes any more. */
export interface Lifecycle {
  /** Days after which a file moves to the cool tier, which is cheaper to keep and dearer to read. */
  readonly coolAfterDays: number;
  /** Days after which a file is deleted. @default never */
  readonly deleteAfterDays?: number | undefined;
}

/**
 * The lifecycle rules of the container `landing`.
 * https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-overview
 * @throws pulumi.RunError for days below 1, or a file that is deleted before it cools.
 */
export function landingRules(
  name: string,
  { coolAfterDays, deleteAfterDays }: Lifecycle,
): pulumi.Unwrap<ManagementPolicyArgs["policy"]>["rules"] {
  if (coolAfterDays < 1) {
    throw new pulumi.RunError(
      `coolAfterDays of ${name} is ${coolAfterDays}; it must be at least 1.`,
    );
  }
  if (deleteAfterDays !== undefined && deleteAfterDays <= coolAfterDays) {
    throw new pulumi.RunError(
      `deleteAfterDays of ${name} is ${deleteAfterDays}; it must be more than coolAfterDays, ${coolAfterDays}.`,
    );
  }
  const after = (days: number) => ({ daysAfterModificationGreaterThan: days });
  return [
    {
      name: "landing",
      enabled: true,
      type: "Lifecycle",
      definition: {
        filters: { blobTypes: ["blockBlob"], prefixMatch: ["landing/"] },
        actions: {
          baseBlob: {
            tierToCool: after(coolAfterDays),
            ...(deleteAfterDays !== undefined && { delete: after(deleteAfterDays) }),
          },
        },
      },
    },
  ];
}
