import { z } from "zod";

const text = z.string();
const strings = z.record(text, text);

/**
 * A cluster as a job describes it (Clusters API). This machine is the only compute there is: the
 * description is kept and returned, its `spark_env_vars` reach the task, and nothing is provisioned.
 * Fields that would change what a task does (`init_scripts`, `docker_image`, …) are refused by name.
 */
export const clusterSpec = z.strictObject({
  apply_policy_default_values: z.boolean().optional(),
  autoscale: z
    .strictObject({ min_workers: z.int().min(0), max_workers: z.int().min(1) })
    .optional(),
  autotermination_minutes: z.int().min(0).optional(),
  azure_attributes: z
    .strictObject({
      availability: z
        .enum(["ON_DEMAND_AZURE", "SPOT_AZURE", "SPOT_WITH_FALLBACK_AZURE"])
        .optional(),
      first_on_demand: z.int().min(0).optional(),
      spot_bid_max_price: z.number().optional(),
    })
    .optional(),
  cluster_name: text.optional(),
  custom_tags: strings.optional(),
  data_security_mode: z
    .enum([
      "DATA_SECURITY_MODE_AUTO",
      "DATA_SECURITY_MODE_DEDICATED",
      "DATA_SECURITY_MODE_STANDARD",
      "NONE",
      "SINGLE_USER",
      "USER_ISOLATION",
    ])
    .optional(),
  driver_instance_pool_id: text.optional(),
  driver_node_type_id: text.optional(),
  enable_elastic_disk: z.boolean().optional(),
  enable_local_disk_encryption: z.boolean().optional(),
  instance_pool_id: text.optional(),
  is_single_node: z.boolean().optional(),
  kind: z.enum(["CLASSIC_PREVIEW"]).optional(),
  node_type_id: text.optional(),
  num_workers: z.int().min(0).optional(),
  policy_id: text.optional(),
  runtime_engine: z.enum(["NULL", "PHOTON", "STANDARD"]).optional(),
  single_user_name: text.optional(),
  spark_conf: strings.optional(),
  spark_env_vars: strings.optional(),
  spark_version: text.optional(),
  use_ml_runtime: z.boolean().optional(),
});
