import { z } from "zod";
import {
  alertSettings,
  boostedTrees,
  cron,
  endpointSettings,
  gateSettings,
  modelName,
  monitorSettings,
  section,
  unitBound,
} from "../schema";

/** What may differ between environments for the customer churn model. */
export const customerChurnSettings = section({
  /** Full name of the registered model. Default: `<catalog>.models.customer_churn_model`. */
  model: modelName.optional(),
  /** Features are what was known on this day, labels what happened after it. The data ends mid 1998. */
  asOf: z.iso.date("must be a day, YYYY-MM-DD").default("1998-03-31"),
  features: section({ cron: cron.default("0 0 6 * * ?") }).prefault({}),
  training: boostedTrees.prefault({}),
  gate: gateSettings(
    section({
      val_accuracy: unitBound.default(0.8),
      val_f1: unitBound.default(0.75),
      val_auc_roc: unitBound.default(0.85),
    }).prefault({}),
  ).prefault({}),
  endpoint: endpointSettings(false).prefault({}),
  monitor: monitorSettings.prefault({}),
  alert: alertSettings.prefault({}),
});
