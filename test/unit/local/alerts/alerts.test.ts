import { describe, expect, test } from "vitest";
import { z } from "zod";
import { alertOperations } from "../../../../local/api/alerts";
import { notificationDestinationOperations } from "../../../../local/api/notificationDestinations";
import { openWorkspace, type Harness } from "../harness";

const path = "/api/2.0/alerts";

const evaluation = {
  comparison_operator: "GREATER_THAN",
  source: { name: "drift_score", aggregation: "MAX" },
  threshold: { value: { double_value: 0.1 } },
  empty_result_state: "OK",
  notification: {
    notify_on_ok: true,
    retrigger_seconds: 3600,
    subscriptions: [{ user_email: "z@example.com" }, { user_email: "a@example.com" }],
  },
};
const schedule = {
  quartz_cron_schedule: "0 0 * * * ?",
  timezone_id: "UTC",
  pause_status: "UNPAUSED",
};
const alert = {
  display_name: "drift",
  query_text: "SELECT 1 AS drift_score",
  warehouse_id: "w1",
  custom_summary: "{{ALERT_NAME}} is {{ALERT_STATUS}}",
  evaluation,
  schedule,
};
const mask = `update_mask=${Object.keys(alert).join()},custom_description,parent_path,run_as`;

function open(): Harness {
  const harness = openWorkspace([...alertOperations, ...notificationDestinationOperations]);
  harness.workspace.store.collection("warehouses", z.unknown()).put("w1", {});
  return harness;
}

async function make({ call }: Harness): Promise<string> {
  return z.object({ id: z.string() }).parse((await call("POST", path, alert)).body).id;
}

describe("alerts", () => {
  test("lie in a folder of the workspace, named with or without /Workspace", async () => {
    const { call, workspace } = open();
    workspace.store.collection("workspace.objects", z.unknown()).put("/ml", {});
    for (const parent_path of ["/Workspace/ml", "/ml/"])
      expect((await call("POST", path, { ...alert, parent_path })).body).toMatchObject({
        parent_path,
      });
  });

  test("read back exactly what was set, subscriptions in order", async () => {
    const harness = open();
    const id = await make(harness);
    expect((await harness.call("GET", `${path}/${id}`)).body).toEqual({
      ...alert,
      evaluation: { ...evaluation, state: "UNKNOWN" },
      id,
      lifecycle_state: "ACTIVE",
      owner_user_name: "local.admin@example.com",
      effective_run_as: { user_name: "local.admin@example.com" },
      create_time: expect.any(String) as unknown,
      update_time: expect.any(String) as unknown,
    });
  });

  test("an update changes what the mask names, and removes what the body lacks", async () => {
    const harness = open();
    const id = await make(harness);
    const rest = { ...alert, custom_summary: undefined };
    await harness.call("PATCH", `${path}/${id}?${mask}`, { ...rest, id, display_name: "new" });
    const { body } = await harness.call("GET", `${path}/${id}`);
    expect(body).toMatchObject({ display_name: "new" });
    expect(body).not.toHaveProperty("custom_summary");
    await harness.call("PATCH", `${path}/${id}?update_mask=schedule.timezone_id`, {
      display_name: "not in the mask",
      schedule: { ...schedule, quartz_cron_schedule: "0 0 1 * * ?", timezone_id: "Europe/Berlin" },
    });
    expect((await harness.call("GET", `${path}/${id}`)).body).toMatchObject({
      display_name: "new",
      schedule: { ...schedule, timezone_id: "Europe/Berlin" },
    });
  });

  test("goes to the trash, is not listed there, and is gone when purged", async () => {
    const harness = open();
    const id = await make(harness);
    await harness.call("DELETE", `${path}/${id}`);
    expect((await harness.call("GET", path)).body).toEqual({ alerts: [] });
    expect((await harness.call("GET", `${path}/${id}`)).body).toMatchObject({
      lifecycle_state: "DELETED",
    });
    expect(await harness.call("PATCH", `${path}/${id}?${mask}`, alert)).toMatchObject({
      status: 400,
    });
    await harness.call("DELETE", `${path}/${id}?purge=true`);
    expect(await harness.call("GET", `${path}/${id}`)).toMatchObject({ status: 404 });
  });

  const cron = (quartz_cron_schedule: string) => ({
    ...alert,
    schedule: { ...schedule, quartz_cron_schedule },
  });
  const evaluated = (change: object) => ({ ...alert, evaluation: { ...evaluation, ...change } });
  const notified = (...subscriptions: object[]) => evaluated({ notification: { subscriptions } });

  test.each([
    ["a cron expression of five fields", cron("0 * * * *"), 400],
    ["both days of a cron expression", cron("0 0 6 * * *"), 400],
    ["no day of a cron expression", cron("0 0 6 ? * ?"), 400],
    ["an hour that does not exist", cron("0 0 24 * * ?"), 400],
    [
      "a time zone that does not exist",
      { ...alert, schedule: { ...schedule, timezone_id: "Mars" } },
      400,
    ],
    ["an operator that does not exist", evaluated({ comparison_operator: "ABOUT" }), 400],
    ["no threshold", evaluated({ threshold: undefined }), 400],
    ["a threshold for IS_NULL", evaluated({ comparison_operator: "IS_NULL" }), 400],
    [
      "two values",
      evaluated({ threshold: { value: { double_value: 1, string_value: "1" } } }),
      400,
    ],
    ["a state that does not exist", evaluated({ empty_result_state: "GOOD" }), 400],
    ["two recipients in one", notified({ user_email: "a@example.com", destination_id: "x" }), 400],
    ["a destination that does not exist", notified({ destination_id: "x" }), 404],
    ["a warehouse that does not exist", { ...alert, warehouse_id: "w2" }, 400],
    ["a folder that does not exist", { ...alert, parent_path: "/Workspace/no" }, 404],
    ["somebody else to run as", { ...alert, run_as: { user_name: "x@example.com" } }, 400],
    ["an unknown field", { ...alert, mute: true }, 501],
    ["an unknown field inside", evaluated({ rearm: 1 }), 501],
  ])("%s is refused", async (_, body, status) => {
    const { call } = open();
    expect(await call("POST", path, body)).toMatchObject({ status });
    expect((await call("GET", path)).body).toEqual({ alerts: [] });
  });

  test("an update that would make it invalid is refused, and nothing changes", async () => {
    const harness = open();
    const id = await make(harness);
    const before = (await harness.call("GET", `${path}/${id}`)).body;
    for (const [field, body] of [
      ["query_text", {}],
      ["id", { id: "x" }],
      ["parent_path", { parent_path: "/x" }],
      ["schedule.quartz_cron_schedule", cron("0 0 6 * * *")],
    ] as const)
      expect(await harness.call("PATCH", `${path}/${id}?update_mask=${field}`, body)).toMatchObject(
        { status: 400 },
      );
    expect((await harness.call("GET", `${path}/${id}`)).body).toEqual(before);
  });
});
