import { isMap, isScalar, parseDocument, type Document } from "yaml";
import { UserError } from "../shared/userError";

/** A stack's file for one person. */
export interface PersonalCopy {
  readonly text: string;
  readonly catalog: string;
  readonly prefix: string;
  /** What encrypts the secrets of the original, for the copy to use as well. */
  readonly secretsProvider: string | undefined;
  /** Keys whose values are encrypted for the original, which the copy could not read. */
  readonly leftOut: readonly string[];
}

/** The section of the Azure side: a copy uses the workspace that the original has. */
const AZURE = "mlops:azure";
/** What the policies demand of the original: a copy has paused schedules, and jobs that run as the person. */
const RULES = "mlops-policies:rules";
const ENVIRONMENT = ["config", "mlops:environment"];

/** How Pulumi encrypts a stack; each has its own. */
const ENCRYPTION = ["secretsprovider", "encryptedkey", "encryptionsalt"];

/**
 * The file of a personal copy: its own catalog and prefix, paused schedules, data that can be dropped, no Azure side.
 * @param text - The original's file.
 * @throws UserError if the original has no catalog to derive one from.
 */
export function personalCopy(name: string, text: string, original: string): PersonalCopy {
  const document = parseDocument(text);
  const found = document.getIn([...ENVIRONMENT, "catalog"]);
  if (typeof found !== "string") {
    throw new UserError(`Pulumi.${original}.yaml names no mlops:environment.catalog.`);
  }
  const prefix = `${name}-`;
  const catalog = `${found}_${name.replaceAll("-", "_")}`;
  const provider = document.get("secretsprovider");
  for (const key of ENCRYPTION) document.delete(key);
  for (const section of [AZURE, RULES]) document.deleteIn(["config", section]);
  const leftOut = takeSecretsOut(document);
  dropHeading(document);
  const changes: readonly (readonly [path: readonly string[], value: string | boolean])[] = [
    [["catalog"], catalog],
    [["prefix"], prefix],
    [["jobs", "pauseStatus"], "PAUSED"],
    [["protect"], false],
    [["forceDestroy"], true],
  ];
  for (const [path, value] of changes) document.setIn([...ENVIRONMENT, ...path], value);
  document.commentBefore = ` A personal copy of ${original}, in the same workspace: everything that it makes is called ${prefix}… or is in\n the catalog ${catalog}.`;
  return {
    text: document.toString({ lineWidth: 0, flowCollectionPadding: false }),
    ...{ catalog, prefix, leftOut },
    secretsProvider: typeof provider === "string" ? provider : undefined,
  };
}

/** The comment at the top, which speaks of the original. */
function dropHeading({ contents }: Document): void {
  if (!isMap(contents)) return;
  contents.commentBefore = null;
  const key = contents.items[0]?.key;
  if (isScalar(key)) key.commentBefore = null;
}

/** @returns The keys of the values that were there as `secure: …`. */
function takeSecretsOut(document: Document): string[] {
  const config = document.get("config");
  if (!isMap(config)) return [];
  const secret = config.items.flatMap(({ key, value }) =>
    isMap(value) && value.has("secure") && isScalar(key) ? [String(key.value)] : [],
  );
  for (const key of secret) document.deleteIn(["config", key]);
  return secret;
}
