/** One input of a sample, a number. */
interface SampleColumn {
  readonly name: string;
  /** What scikit-learn calls it. */
  readonly sampleName: string;
  readonly comment: string;
}

/** A figure that validation measures and a gate can decide on. */
export interface Metric {
  /** As validation logs it, after `val_`. */
  readonly metric: string;
  /** Side of the bound that is good. */
  readonly sign: ">" | "<";
  /** What the gate asks for. */
  readonly bound: number;
  /** What the sample measures on the records held back, and how far another machine may be off. */
  readonly measured: number;
  readonly tolerance: number;
  /** Why the bound is where it is. */
  readonly reason: string;
  /** Whether it lies between 0 and 1 by definition. */
  readonly unit: boolean;
  /** Whether a gate asks for it where nothing else is said. */
  readonly usual: boolean;
}

/** A kind of model with the sample that it starts from: one that ships with scikit-learn. */
export interface Sample {
  /** Constant of `jobs/mlops/problems.py`. */
  readonly problem: "BINARY" | "MULTICLASS" | "REGRESSION";
  readonly loader: string;
  readonly arguments: string;
  /** A line for the source's docstring: what the sample is. */
  readonly described: string;
  /** Python that makes the label of `sample`. */
  readonly labelled: string;
  readonly label: {
    readonly name: string;
    readonly type: "int" | "double";
    readonly comment: string;
  };
  readonly columns: readonly SampleColumn[];
  /** A feature that is computed, so that the place for it shows. */
  readonly derived: { readonly name: string; readonly sql: string; readonly comment: string };
  readonly metrics: readonly Metric[];
}

const cell = (name: string, comment: string): SampleColumn => ({
  name: `mean_${name}`,
  sampleName: `mean ${name.replaceAll("_", " ")}`,
  comment: `Mean over the nuclei: ${comment}`,
});

const same = (name: string, comment: string, sampleName = name): SampleColumn => ({
  name,
  sampleName,
  comment,
});

const binary: Sample = {
  problem: "BINARY",
  loader: "load_breast_cancer",
  arguments: "as_frame=True",
  described: "569 breast tumours, measured from images of their cells (Wisconsin, 1995)",
  labelled: "1 - sample.target",
  label: { name: "malignant", type: "int", comment: "1: malignant; 0: benign" },
  columns: [
    cell("radius", "distance from centre to edge"),
    cell("texture", "standard deviation of the grey values"),
    cell("perimeter", "length of the edge"),
    cell("area", "surface"),
    cell("smoothness", "local variation of the radius"),
    cell("compactness", "perimeter² / area - 1"),
    cell("concavity", "depth of the dents in the edge"),
    cell("concave_points", "share of the edge that is dented"),
    cell("symmetry", "difference between both sides"),
    cell("fractal_dimension", "roughness of the edge"),
  ],
  derived: {
    name: "roundness",
    sql: "round(12.566371 * mean_area / (mean_perimeter * mean_perimeter), 6)",
    comment: "4π × area / perimeter²: 1 for a circle",
  },
  metrics: [
    {
      ...{ metric: "accuracy", sign: ">", bound: 0.9, measured: 0.958, tolerance: 0.03 },
      ...{ unit: true, usual: true },
      reason: "Calling every record benign is right for 63 % of those held back.",
    },
    {
      ...{ metric: "f1", sign: ">", bound: 0.85, measured: 0.943, tolerance: 0.04 },
      ...{ unit: true, usual: false },
      reason: "Calling every record malignant reaches 0.54.",
    },
    {
      ...{ metric: "auc_roc", sign: ">", bound: 0.95, measured: 0.99, tolerance: 0.02 },
      ...{ unit: true, usual: true },
      reason: "The sample measures 0.99; guessing would 0.5.",
    },
  ],
};

const multiclass: Sample = {
  problem: "MULTICLASS",
  loader: "load_wine",
  arguments: "as_frame=True",
  described: "178 wines of three growers of one region in Italy, analysed (1991)",
  labelled: "sample.target",
  label: { name: "cultivar", type: "int", comment: "Grower of the grapes: 0, 1 or 2" },
  columns: [
    same("alcohol", "Alcohol, percent"),
    same("malic_acid", "Malic acid, g/l"),
    same("ash", "Ash, g/l"),
    same("alcalinity_of_ash", "Alcalinity of the ash"),
    same("magnesium", "Magnesium, mg/l"),
    same("total_phenols", "Phenols"),
    same("flavanoids", "Flavanoids, a part of the phenols"),
    same("nonflavanoid_phenols", "Other phenols"),
    same("proanthocyanins", "Proanthocyanins"),
    same("color_intensity", "Intensity of the colour"),
    same("hue", "Hue of the colour"),
    same("od_ratio", "Optical density at 280 nm / 315 nm", "od280/od315_of_diluted_wines"),
    same("proline", "Proline, mg/l"),
  ],
  derived: {
    name: "flavanoid_share",
    sql: "round(flavanoids / total_phenols, 6)",
    comment: "Share of the flavanoids in the phenols",
  },
  metrics: [
    {
      ...{ metric: "accuracy", sign: ">", bound: 0.8, measured: 0.907, tolerance: 0.07 },
      ...{ unit: true, usual: true },
      reason: "Naming the most frequent class is right for 56 % of the 43 records held back.",
    },
    {
      ...{ metric: "f1_macro", sign: ">", bound: 0.8, measured: 0.909, tolerance: 0.07 },
      ...{ unit: true, usual: true },
      reason: "Each class counts alike, however rare it is.",
    },
  ],
};

const regression: Sample = {
  problem: "REGRESSION",
  loader: "load_diabetes",
  arguments: "as_frame=True, scaled=False",
  described: "442 patients with diabetes, and how far it had gone a year later (Efron, 2004)",
  labelled: "sample.target",
  label: { name: "progression", type: "double", comment: "Progression after a year, 25 to 346" },
  columns: [
    same("age", "Age, years"),
    same("sex", "1 or 2"),
    same("bmi", "Body mass index, kg/m²"),
    same("bp", "Mean blood pressure, mmHg"),
    same("tc", "Cholesterol in serum, mg/dl", "s1"),
    same("ldl", "Low-density lipoproteins, mg/dl", "s2"),
    same("hdl", "High-density lipoproteins, mg/dl", "s3"),
    same("tch", "Cholesterol / HDL", "s4"),
    same("ltg", "Logarithm of the triglycerides", "s5"),
    same("glu", "Blood sugar, mg/dl", "s6"),
  ],
  derived: {
    name: "bmi_times_bp",
    sql: "round(bmi * bp, 4)",
    comment: "Body mass index × blood pressure",
  },
  metrics: [
    {
      ...{ metric: "rmse", sign: "<", bound: 62, measured: 55.7, tolerance: 3 },
      ...{ unit: false, usual: true },
      reason: "Always answering the mean is off by 71.5 on the records held back.",
    },
    {
      ...{ metric: "mae", sign: "<", bound: 52, measured: 45.1, tolerance: 3 },
      ...{ unit: false, usual: false },
      reason: "Always answering the mean is off by 62.5 on the records held back.",
    },
    {
      ...{ metric: "r2", sign: ">", bound: 0.25, measured: 0.387, tolerance: 0.07 },
      ...{ unit: true, usual: false },
      reason: "Always answering the mean explains nothing: 0.",
    },
  ],
};

/** The answers that name a kind of model. */
export const PROBLEMS = [
  "binary-classification",
  "multiclass-classification",
  "regression",
] as const;

/** The answer that names a kind of model. */
export type Problem = (typeof PROBLEMS)[number];

/** What each kind of model starts from. */
export const samples: Readonly<Record<Problem, Sample>> = {
  "binary-classification": binary,
  "multiclass-classification": multiclass,
  regression,
};

/** What the figures of a kind of model are called in the registry: `val_accuracy`. */
export const metricNames = (problem: Problem): string[] =>
  samples[problem].metrics.map(({ metric }) => `val_${metric}`);
