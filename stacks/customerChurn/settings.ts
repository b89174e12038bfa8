import { z } from "zod";
import { share } from "../gate/metrics";
import { gateSettings } from "../gate/settings";
import {
  alertSettings,
  boostedTrees,
  cron,
  endpointSettings,
  modelName,
  monitorSettings,
  section,
} from "../schema";

/** What may differ between environments for the customer churn model. */
export const customerChurnSettings = section({
  /** Full name of the registered model. Default: `<catalog>.models.customer_churn_model`. */
  model: modelName.optional(),
  /** Features are what was known on this day, labels what happened after it. The data ends mid 1998. */
  asOf: z.iso.date("must be a day, YYYY-MM-DD").default("1998-03-31"),
  features: section({ cron: cron.default("0 0 6 * * ?") }).prefault({}),
  training: boostedTrees.prefault({}),
  gate: gateSettings({
    metrics: { val_accuracy: share, val_f1: share, val_auc_roc: share },
    above: { val_accuracy: 0.8, val_f1: 0.75, val_auc_roc: 0.85 },
    // A fifth of the customers, some 4,700, is held back.
    minRows: 1000,
  }).prefault({}),
  endpoint: endpointSettings(false).prefault({}),
  monitor: monitorSettings.prefault({}),
  alert: alertSettings.prefault({}),
});
