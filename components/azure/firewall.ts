import type * as pulumi from "@pulumi/pulumi";

/** From where storage and vault can be reached, besides the workspace's own ways. */
export interface Firewall {
  /** What happens to a request from anywhere else. */
  readonly defaultAction: "Allow" | "Deny";
  /** Public IPv4 addresses and ranges. */
  readonly ipRanges: readonly string[];
  /** ARM ids of subnets that have the service endpoints of what is behind it: storage, or vault, or both. */
  readonly subnetIds: readonly pulumi.Input<string>[];
}
