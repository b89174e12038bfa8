import { describe, expect, test } from "vitest";
import { warehouseOperations } from "../../../local/api/warehouses";
import { openWorkspace } from "./harness";

const path = "/api/2.0/sql/warehouses";

async function made(settings: object = {}) {
  const harness = openWorkspace(warehouseOperations);
  const { body } = await harness.call("POST", path, {
    name: "main",
    cluster_size: "2X-Small",
    ...settings,
  });
  return { ...harness, ...(body as { id: string }) };
}

describe("a SQL warehouse", () => {
  test("reads back what was set, with Databricks' defaults, after a restart too", async () => {
    const harness = openWorkspace(warehouseOperations);
    const { body } = await harness.call("POST", path, {
      name: "main",
      cluster_size: "Small",
      enable_serverless_compute: true,
      warehouse_type: "PRO",
      auto_stop_mins: 5,
      tags: { custom_tags: [{ key: "team", value: "ml" }] },
    });
    const { id } = body as { id: string };
    harness.reopen();
    expect(await harness.call("GET", `${path}/${id}`)).toMatchObject({
      status: 200,
      body: {
        id,
        name: "main",
        cluster_size: "Small",
        auto_stop_mins: 5,
        min_num_clusters: 1,
        max_num_clusters: 1,
        enable_photon: true,
        spot_instance_policy: "COST_OPTIMIZED",
        channel: { name: "CHANNEL_NAME_CURRENT" },
        tags: { custom_tags: [{ key: "team", value: "ml" }] },
        state: "RUNNING",
        odbc_params: { path: `/sql/1.0/warehouses/${id}` },
      },
    });
  });

  test("keeps in an edit what the edit does not name", async () => {
    const { call, id } = await made({ max_num_clusters: 3 });
    await call("POST", `${path}/${id}/edit`, { id, auto_stop_mins: 0 });
    expect((await call("GET", `${path}/${id}`)).body).toMatchObject({
      name: "main",
      max_num_clusters: 3,
      auto_stop_mins: 0,
    });
  });

  test("stops, starts and goes", async () => {
    const { call, id } = await made();
    await call("POST", `${path}/${id}/stop`);
    expect((await call("GET", `${path}/${id}`)).body).toMatchObject({ state: "STOPPED" });
    await call("POST", `${path}/${id}/start`);
    expect((await call("GET", `${path}/${id}`)).body).toMatchObject({ state: "RUNNING" });
    await call("DELETE", `${path}/${id}`);
    for (const [method, target] of [
      ["GET", `${path}/${id}`],
      ["DELETE", `${path}/${id}`],
      ["POST", `${path}/${id}/start`],
      ["POST", `${path}/${id}/edit`],
    ] as const)
      expect(await call(method, target, method === "POST" ? {} : undefined)).toMatchObject({
        status: 404,
        body: { error_code: "RESOURCE_DOES_NOT_EXIST" },
      });
  });

  test("has one data source, whose id does not change", async () => {
    const { call, id } = await made();
    const { body } = await call("GET", "/api/2.0/preview/sql/data_sources");
    expect(body).toMatchObject([{ warehouse_id: id, name: "main" }]);
    expect((await call("GET", "/api/2.0/preview/sql/data_sources")).body).toEqual(body);
  });

  test.each([
    [{ name: "main" }, "already exists"],
    [{ name: "b", cluster_size: "Tiny" }, "cluster_size"],
    [{ name: "b", auto_stop_mins: 5 }, "auto_stop_mins 5 must be 0 or at least 10"],
    [{ name: "b", min_num_clusters: 3, max_num_clusters: 2 }, "min_num_clusters 3"],
    [{ name: "b", enable_serverless_compute: true }, "warehouse_type 'PRO'"],
    [{ name: "b", instance_profile_arn: "arn" }, "instance_profile_arn"],
    [{ name: "b", creator_name: "someone.else@example.com" }, "creator_name"],
  ])("is refused with %j", async (settings, message) => {
    const { call } = await made();
    const answer = await call("POST", path, { cluster_size: "Small", ...settings });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(answer.body)).toContain(message);
    expect((await call("GET", path)).body).toMatchObject({ warehouses: [{ name: "main" }] });
  });
});
