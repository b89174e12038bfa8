import type { Rule } from "./rule";
import { deprecated } from "./rules/deprecated";
import { gatedEndpoint } from "./rules/gatedEndpoint";
import { monitoredEndpoint } from "./rules/monitoredEndpoint";
import { plainSecrets } from "./rules/plainSecrets";
import { protectedData } from "./rules/protectedData";
import { runAs } from "./rules/runAs";
import { schedules } from "./rules/schedules";
import { storageAccess } from "./rules/storageAccess";
import { tableTags, tags } from "./rules/tags";

/** All rules of the pack. A new one is a file in `rules/` and a line here. */
export const rules: readonly Rule[] = [
  deprecated,
  tags,
  tableTags,
  protectedData,
  gatedEndpoint,
  runAs,
  storageAccess,
  plainSecrets,
  schedules,
  monitoredEndpoint,
];
