import { churnPrediction } from "./churnPrediction/model";
import { customerChurn } from "./customerChurn/model";
import type { ModelDefinition } from "./defineModel";
import { iris } from "./iris/model";
import { telcoChurn } from "./telcoChurn/model";

/** Every model that there is. What an environment deploys of it, its configuration says. */
export const models: readonly ModelDefinition[] = [
  churnPrediction,
  customerChurn,
  iris,
  telcoChurn,
];
