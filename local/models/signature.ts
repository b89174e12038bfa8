import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { z } from "zod";
import { invalid } from "../errors";
import type { ArtifactStore } from "../mlflow/artifactStore";

/** The part of an `MLmodel` file that says what goes in and comes out. */
const mlmodel = z.object({
  signature: z.object({ inputs: z.string().nullish(), outputs: z.string().nullish() }).nullish(),
});

const EXPLANATION =
  "All models in the Unity Catalog must be logged with a model signature containing both input and output " +
  "type specifications. See https://mlflow.org/docs/latest/model/signatures.html";

/**
 * Checks that a folder holds an MLflow model whose signature names inputs and outputs.
 * @throws ApiError INVALID_PARAMETER_VALUE with what is missing.
 */
export async function checkSignature(artifacts: ArtifactStore, folder: string): Promise<void> {
  if ((await artifacts.find(`${folder}/MLmodel`)) === undefined)
    throw invalid("The model version's files hold no 'MLmodel' file.");
  const content = await text((await artifacts.read(`${folder}/MLmodel`)).stream);
  const model = mlmodel.safeParse(parseYaml(content));
  if (!model.success) throw invalid("The model version's 'MLmodel' file cannot be read.");
  const { signature } = model.data;
  if (!signature)
    throw invalid(
      `Model passed for registration did not contain any signature metadata. ${EXPLANATION}`,
    );
  if (!signature.inputs || !signature.outputs)
    throw invalid(
      "Model passed for registration contained a signature without " +
        `${signature.inputs ? "outputs" : "inputs"}. ${EXPLANATION}`,
    );
}

function parseYaml(content: string): unknown {
  try {
    return parse(content);
  } catch {
    return undefined;
  }
}
