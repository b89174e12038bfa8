import * as mlops from "../../components";
import * as columns from "./tables";
import type { IrisSettings } from "./settings";

const VOLUME = "hp_ml_vol";

/** Where Iris lives: schema, volume and folders, the reference of its drift, and the source's stand-in. */
export function irisData(platform: mlops.Platform, settings: IrisSettings) {
  const { schema } = settings;
  platform.addSchema(schema, "Iris: samples, model and predictions");
  const volume = platform.addVolume(
    `${schema}.${VOLUME}`,
    "Ingested samples, checkpoints, and pickled models: who writes here, runs code as the jobs",
  );
  const reference = new mlops.GovernedTable("iris-reference", {
    platform,
    table: platform.table(`${schema}.reference`),
    comment: "Samples that the nominated version was trained and measured on",
    columns: columns.reference,
    primaryKeys: ["sample_id"],
  });
  const isDemo = settings.sourcePath === "demo";
  const sourcePath = isDemo ? `${platform.landing}/iris` : settings.sourcePath;
  return {
    volume,
    reference,
    /** Below the schema, as batch inference takes it. */
    samples: `${VOLUME}/data`,
    folders: {
      sourcePath,
      volumePath: `${volume}/data`,
      checkpointPath: `${volume}/checkpoints`,
    },
    /** The job that fills the source, if nothing else does. */
    demoSource: isDemo ? [demoSource(platform, sourcePath)] : [],
  };
}

/** What {@link irisData} makes. */
export type IrisData = ReturnType<typeof irisData>;

/** What fills the source where the environment has none of its own. */
function demoSource(platform: mlops.Platform, sourcePath: string): mlops.PythonJob {
  return new mlops.PythonJob("iris-demo-source", {
    platform,
    description: "A demonstration: puts the Iris data set where ingestion reads.",
    tasks: [
      {
        file: "iris/demo_source.py",
        arguments: { source_path: sourcePath },
        parameters: ["shift_cm"],
      },
    ],
    parameters: { shift_cm: "0" },
  });
}
