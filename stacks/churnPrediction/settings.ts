import { z } from "zod";
import { share } from "../gate/metrics";
import { gateSettings } from "../gate/settings";
import {
  alertSettings,
  boostedTrees,
  cron,
  endpointSettings,
  monitorSettings,
  section,
} from "../schema";

/** What may differ between environments for the churn prediction model. */
export const churnPredictionSettings = section({
  /** Features are what was known on this day, labels what happened after it. The data ends mid 1998. */
  runDate: z.iso.date("must be a day, YYYY-MM-DD").default("1998-03-31"),
  features: section({ cron: cron.default("0 0 6 * * ?") }).prefault({}),
  training: boostedTrees.prefault({}),
  gate: gateSettings({
    metrics: { val_accuracy: share, val_f1: share, val_auc_roc: share },
    above: { val_accuracy: 0.85, val_f1: 0.8 },
    // Between two trainings on the same data it moves by less.
    maxRegression: { val_accuracy: 0.02 },
    // A fifth of the customers, some 4,700, is held back.
    minRows: 1000,
  }).prefault({}),
  endpoint: endpointSettings(true).prefault({}),
  monitor: monitorSettings.prefault({}),
  alert: alertSettings.prefault({}),
});
