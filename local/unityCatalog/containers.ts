import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { models, type ModelRecord } from "../models/records";
import { deleteModel } from "../models/registry";
import { deleteVersion, listVersions } from "../models/versions";
import type { Workspace } from "../workspace";
import { forgetEverythingAbout } from "./annotations";
import { tableEngine } from "./engine";
import { madeNow } from "./lookup";
import { schemas, volumes, type SchemaRecord, type VolumeRecord } from "./records";

/** What a schema may be made with. */
export interface NewSchema {
  readonly catalog_name: string;
  readonly name: string;
  readonly comment?: string | undefined;
  readonly properties?: Record<string, string> | undefined;
}

/**
 * Makes the schema's folder in the lakehouse. The record is written by the function that it returns, so
 * that the caller can do so in one transaction with what else belongs to it.
 */
export async function prepareSchema(
  workspace: Workspace,
  { catalog_name, name, ...rest }: NewSchema,
): Promise<() => SchemaRecord> {
  await tableEngine(workspace).createSchema(catalog_name, name);
  return () => {
    const record: SchemaRecord = {
      schema_id: randomUUID(),
      catalog_name,
      name,
      full_name: `${catalog_name}.${name}`,
      ...rest,
      enable_predictive_optimization: "INHERIT",
      ...madeNow(),
    };
    schemas(workspace).put(record.full_name, record);
    return record;
  };
}

/** How many objects a schema holds, in the words of Databricks' refusal: models count as functions. */
export async function contentsOf(workspace: Workspace, { catalog_name, name }: SchemaRecord) {
  const prefix = `${catalog_name}.${name}.`;
  const tables = await tableEngine(workspace).listTables(catalog_name, name);
  return {
    tables: tables.length,
    functions: models(workspace).list(prefix).length,
    volumes: volumes(workspace).list(prefix).length,
  };
}

/** Removes a schema with its tables, volumes and registered models, versions included. */
export async function dropSchema(workspace: Workspace, schema: SchemaRecord): Promise<void> {
  const { catalog_name, name, full_name } = schema;
  const prefix = `${full_name}.`;
  for (const model of models(workspace).list(prefix)) await dropModel(workspace, model);
  for (const volume of volumes(workspace).list(prefix)) dropVolume(workspace, volume);
  const tables = await tableEngine(workspace).listTables(catalog_name, name);
  await tableEngine(workspace).dropSchema(catalog_name, name);
  workspace.store.transaction(() => {
    schemas(workspace).delete(full_name);
    forgetEverythingAbout(workspace, schema.schema_id);
    for (const table of tables) forgetEverythingAbout(workspace, table.table_id);
  });
}

async function dropModel(workspace: Workspace, { id, full_name }: ModelRecord): Promise<void> {
  for (const { version } of await listVersions(workspace, { name: full_name }))
    await deleteVersion(workspace, full_name, version);
  await deleteModel(workspace, full_name);
  forgetEverythingAbout(workspace, id);
}

/** The folder behind `/Volumes/<catalog>/<schema>/<volume>`. */
export function volumeFolder(workspace: Workspace, fullName: string): string {
  return join(workspace.root, "lakehouse", "volumes", ...fullName.split("."));
}

/** An empty folder: what an interrupted deletion left behind must not reappear. */
export function makeVolumeFolder(workspace: Workspace, fullName: string): void {
  const folder = volumeFolder(workspace, fullName);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

/** Removes a volume with its files. */
export function dropVolume(workspace: Workspace, volume: VolumeRecord): void {
  workspace.store.transaction(() => {
    volumes(workspace).delete(volume.full_name);
    forgetEverythingAbout(workspace, volume.volume_id);
  });
  rmSync(volumeFolder(workspace, volume.full_name), { recursive: true, force: true });
}
