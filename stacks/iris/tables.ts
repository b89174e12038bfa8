import type { Column } from "../../components";

/** The number that tells a flower from all others. */
const sampleId: Column = {
  name: "sample_id",
  type: "bigint",
  comment: "Number of the flower",
  nullable: false,
};

/** What the model is asked with, in the order of its signature. */
export const inputs: readonly Column[] = [
  { name: "sepal_length_cm", type: "double", comment: "Length of a sepal, cm" },
  { name: "sepal_width_cm", type: "double", comment: "Width of a sepal, cm" },
  { name: "petal_length_cm", type: "double", comment: "Length of a petal, cm" },
  { name: "petal_width_cm", type: "double", comment: "Width of a petal, cm" },
];

/** What is predicted, and known later. */
export const species: Column = {
  name: "species",
  type: "int",
  comment: "0 setosa, 1 versicolor, 2 virginica",
};

/** Columns of the samples that the nominated version was trained and measured on. */
export const reference: readonly Column[] = [sampleId, ...inputs, species];

/** What tells predictions apart, beside the version: a corrected measurement is another one. */
export const predictionKeys: readonly Column[] = [
  sampleId,
  {
    name: "measurements",
    type: "string",
    comment: "Digest of the four measurements",
    nullable: false,
  },
];
