import { z } from "zod";
import { int64, text } from "../mlflow/fields";
import { deleteAlias } from "../models/aliases";
import { deleteModel, deleteModelTag, setModelTag } from "../models/registry";
import { deleteVersionTag, setVersionTag } from "../models/versionNotes";
import { deleteVersion, versionNumber } from "../models/versions";
import { operation, queryInt, type Operation } from "../route";

/*
 * MLflow's client calls a registry by one protocol under two roots: Unity Catalog's and its own. What
 * differs in neither request nor answer is here; the two files of each root say the rest.
 */

/** Paging of MLflow's registry calls; its client asks for up to 10,000 at once. */
export const registryPaging = {
  max_results: queryInt.min(0).max(10_000).optional(),
  page_token: text.optional(),
};

/** A version's number in a request; clients send it as text. */
export const version = int64.transform(versionNumber);

/** A registered model, by its full name. */
export const named = z.strictObject({ name: text });

/** An alias of a registered model. */
export const aliased = z.strictObject({ name: text, alias: text });

/** One version of a registered model. */
export const one = z.strictObject({ name: text, version });

/** Deleting registered models and their aliases, and their tags, below `root`. */
export function modelOperations(root: `/${string}`): Operation[] {
  return [
    operation(`DELETE ${root}/delete`, {
      answers: "raw",
      body: named,
      handle: ({ body, workspace }) => deleteModel(workspace, body.name),
    }),
    operation(`DELETE ${root}/alias`, {
      answers: "raw",
      body: aliased,
      handle: ({ body, workspace }) => deleteAlias(workspace, body.name, body.alias),
    }),
    operation(`POST ${root}/set-tag`, {
      answers: "raw",
      body: z.strictObject({ name: text, key: text, value: text }),
      handle: ({ body: { name, ...tag }, workspace }) => setModelTag(workspace, name, tag),
    }),
    operation(`DELETE ${root}/delete-tag`, {
      answers: "raw",
      body: z.strictObject({ name: text, key: text }),
      handle: ({ body, workspace }) => deleteModelTag(workspace, body.name, body.key),
    }),
  ];
}

/** Deleting versions, and their tags, below `root`. */
export function versionOperations(root: `/${string}`): Operation[] {
  return [
    operation(`DELETE ${root}/delete`, {
      answers: "raw",
      body: one,
      handle: ({ body, workspace }) => deleteVersion(workspace, body.name, body.version),
    }),
    operation(`POST ${root}/set-tag`, {
      answers: "raw",
      body: z.strictObject({ name: text, version, key: text, value: text }),
      handle: ({ body: { name, version: of, ...tag }, workspace }) =>
        setVersionTag(workspace, name, of, tag),
    }),
    operation(`DELETE ${root}/delete-tag`, {
      answers: "raw",
      body: z.strictObject({ name: text, version, key: text }),
      handle: ({ body, workspace }) =>
        deleteVersionTag(workspace, body.name, body.version, body.key),
    }),
  ];
}
