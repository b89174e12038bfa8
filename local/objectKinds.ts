import { z } from "zod";
import { ApiError } from "./errors";
import { mlflowOf } from "./mlflow/server";
import type { ObjectKind } from "./permissions";
import type { Workspace } from "./workspace";

const onFiles = {
  CAN_READ: "Can view",
  CAN_RUN: "Can view and run",
  CAN_EDIT: "Can view, run and edit",
  CAN_MANAGE: "Can view, run, edit and change permissions",
};
const inWorkspace = { levels: onFiles, inheritedFrom: "/directories/0" };

/** A kind of object and how to find out whether one exists. */
export interface FindableKind extends ObjectKind {
  readonly exists: (workspace: Workspace, id: string) => boolean | Promise<boolean>;
}

const workspaceObject = z.looseObject({ object_id: z.number(), object_type: z.string() });

const inTree =
  (type: string) =>
  ({ store }: Workspace, id: string): boolean =>
    store
      .collection("workspace.objects", workspaceObject)
      .list()
      .some((object) => object.object_type === type && String(object.object_id) === id);

const inCollection =
  (name: string) =>
  ({ store }: Workspace, id: string): boolean =>
    store.collection(name, z.unknown()).get(id) !== undefined;

/**
 * Every kind of object whose permissions can be set. Paths, types and levels are those that
 * `databricks_permissions` knows (permissions/permission_definitions.go of the provider).
 */
export const objectKinds: readonly FindableKind[] = [
  {
    paths: ["jobs"],
    type: "job",
    levels: {
      CAN_VIEW: "Can view details and runs",
      CAN_MANAGE_RUN: "Can run, cancel and view",
      CAN_MANAGE: "Can edit, run and change permissions",
      IS_OWNER: "Owns the job",
    },
    inheritedFrom: "/jobs/",
    exists: inCollection("jobs"),
  },
  {
    paths: ["serving-endpoints"],
    type: "serving-endpoint",
    levels: {
      CAN_VIEW: "Can view",
      CAN_QUERY: "Can view and query",
      CAN_MANAGE: "Can view, query, edit and change permissions",
    },
    inheritedFrom: "/serving-endpoints/",
    exists: inCollection("servingEndpoints"),
  },
  {
    paths: ["experiments"],
    type: "mlflowExperiment",
    levels: {
      CAN_READ: "Can view",
      CAN_EDIT: "Can view, log runs and edit",
      CAN_MANAGE: "Can view, log, edit and change permissions",
    },
    inheritedFrom: "/directories/0",
    exists: experimentExists,
  },
  {
    paths: ["sql/warehouses", "warehouses"],
    type: "warehouses",
    levels: {
      CAN_VIEW: "Can view",
      CAN_MONITOR: "Can view and monitor",
      CAN_USE: "Can use",
      CAN_MANAGE: "Can use, edit and change permissions",
      IS_OWNER: "Owns the warehouse",
    },
    inheritedFrom: "/sql/warehouses/",
    exists: inCollection("warehouses"),
  },
  {
    paths: ["alertsv2"],
    type: "alertv2",
    ...inWorkspace,
    exists: inCollection("alerts"),
  },
  { paths: ["directories"], type: "directory", ...inWorkspace, exists: inTree("DIRECTORY") },
  { paths: ["files"], type: "file", ...inWorkspace, exists: inTree("FILE") },
  { paths: ["notebooks"], type: "notebook", ...inWorkspace, exists: inTree("NOTEBOOK") },
];

async function experimentExists(workspace: Workspace, id: string): Promise<boolean> {
  try {
    await mlflowOf(workspace).call("GET", "/api/2.0/mlflow/experiments/get", { experiment_id: id });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}
