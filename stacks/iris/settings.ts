import { z } from "zod";
import { share } from "../gate/metrics";
import { gateSettings } from "../gate/settings";
import { cron, emails, monitorSettings, section } from "../schema";

/** What may differ between environments for the Iris classifier. */
export const irisSettings = section({
  /**
   * Schema for all that belongs to Iris, in the environment's catalog: an environment has one catalog,
   * so that there is no catalog of Iris' own to configure.
   */
  schema: z
    .string()
    .regex(/^[a-z0-9_]+$/, "must be a schema name of lower-case letters, digits and _")
    .default("hp_iris_ml"),
  /**
   * Folder that samples are read from; one in cloud storage lies in an external location that the jobs
   * may read. `demo` is a folder of the landing volume, which the job `iris-demo-source` fills.
   */
  sourcePath: z
    .string()
    .regex(
      /^(demo|(abfss:\/\/[^@/\s]+@[^/\s]+|\/Volumes(\/[\w-]+){3})(\/[^/\s]+)*)$/,
      "must be abfss://container@account.dfs.core.windows.net/folder, a folder of a volume, or demo",
    )
    .default("demo"),
  /** When new files are read. */
  ingestion: section({ cron: cron.default("0 0 5 * * ?") }).prefault({}),
  /** When new samples are scored, from the first champion on. */
  inference: section({ cron: cron.default("0 0 6 * * ?") }).prefault({}),
  /** Whether good figures are enough to nominate a version, or a person has to approve it, too. */
  approver: z.enum(["figures", "person"]).default("figures"),
  gate: gateSettings({
    metrics: { val_accuracy: share, val_f1_macro: share },
    above: { val_accuracy: 0.9 },
    // With some 30 samples, one more mistake is 0.033.
    maxRegression: { val_accuracy: 0.05 },
    minRows: 20,
  }).prefault({}),
  monitor: monitorSettings.prefault({}),
  alert: section({
    /**
     * Population stability index above which samples have drifted. With some hundred rows in ten
     * classes the index of samples that have not drifted comes near 0.1 by chance.
     */
    threshold: z.number().gt(0).default(0.25),
    /** Scored samples that a day must have to count. */
    minimumRows: z.number().int().min(1).default(100),
    /** Default: the environment's. */
    emails: emails.optional(),
  }).prefault({}),
});

/** What {@link irisSettings} make of a stack's section. */
export type IrisSettings = z.output<typeof irisSettings>;
