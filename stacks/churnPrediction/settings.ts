import { z } from "zod";
import {
  alertSettings,
  boostedTrees,
  cron,
  endpointSettings,
  gateSettings,
  monitorSettings,
  section,
  unitBound,
} from "../schema";

/** What may differ between environments for the churn prediction model. */
export const churnPredictionSettings = section({
  /** Features are what was known on this day, labels what happened after it. The data ends mid 1998. */
  runDate: z.iso.date("must be a day, YYYY-MM-DD").default("1998-03-31"),
  features: section({ cron: cron.default("0 0 6 * * ?") }).prefault({}),
  training: boostedTrees.prefault({}),
  gate: gateSettings(
    section({
      val_accuracy: unitBound.default(0.85),
      val_f1: unitBound.default(0.8),
    }).prefault({}),
  ).prefault({}),
  endpoint: endpointSettings(true).prefault({}),
  monitor: monitorSettings.prefault({}),
  alert: alertSettings.prefault({}),
});
