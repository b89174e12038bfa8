import { z } from "zod";
import { share } from "../gate/metrics";
import { gateSettings } from "../gate/settings";
import { alertSettings, boostedTrees, endpointSettings, monitorSettings, section } from "../schema";

/** What may differ between environments for the telco churn model. */
export const telcoSettings = section({
  /** Longest tenure of a customer whom the comparison with the champion counts as recent, months. */
  recentMonths: z.number().int().min(0).max(72).default(12),
  training: boostedTrees.prefault({}),
  gate: gateSettings({
    metrics: {
      ...{ val_accuracy: share, val_f1: share, val_auc_roc: share },
      ...{ recent_accuracy: share, recent_f1: share, recent_auc_roc: share },
    },
    above: {
      // Calling nobody a churner is right for 74 % of the customers held back.
      val_accuracy: 0.78,
      // Trees of the depth that cross-validation prefers measure 0.85 here, with a standard error of
      // 0.01; the bound is one below, and stops what has learnt the training data by heart.
      val_auc_roc: 0.84,
    },
    // Half a standard error.
    maxRegression: { val_auc_roc: 0.005 },
    // A fifth of the 7,043 customers is held back.
    minRows: 1000,
  }).prefault({}),
  endpoint: endpointSettings(true).prefault({}),
  monitor: monitorSettings.prefault({}),
  alert: alertSettings.prefault({}),
});
