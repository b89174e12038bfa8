import { z } from "zod";
import {
  alertSettings,
  boostedTrees,
  endpointSettings,
  gateSettings,
  monitorSettings,
  section,
  unitBound,
} from "../schema";

/** What may differ between environments for the telco churn model. */
export const telcoSettings = section({
  /** Longest tenure of a customer whom the comparison with the champion counts as recent, months. */
  recentMonths: z.number().int().min(0).max(72).default(12),
  training: boostedTrees.prefault({}),
  gate: gateSettings(
    section({
      // Calling nobody a churner is right for 74 % of the customers held back.
      val_accuracy: unitBound.default(0.78),
      // Trees of the depth that cross-validation prefers measure 0.85 here, with a standard error of
      // 0.01; the bound is one below, and stops what has learnt the training data by heart.
      val_auc_roc: unitBound.default(0.84),
    }).prefault({}),
  ).prefault({}),
  endpoint: endpointSettings(true).prefault({}),
  monitor: monitorSettings.prefault({}),
  alert: alertSettings.prefault({}),
});
