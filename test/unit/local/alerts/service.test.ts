import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { startAlerts } from "../../../../local/alerts/service";
import { alertsWithState } from "../../../../local/alerts/state";
import { alertOperations } from "../../../../local/api/alerts";
import { notificationDestinationOperations } from "../../../../local/api/notificationDestinations";
import { sentNotifications } from "../../../../local/notifications/records";
import { warehouses } from "../../../../local/sql/records";
import type { Workspace } from "../../../../local/workspace";
import { openWorkspace } from "../harness";
import { mailsOf } from "../notifications/mails";
import { QueryDouble, result } from "./queryDouble";

const path = "/api/2.0/alerts";
const NOON = Date.UTC(2026, 10, 21, 12);
const made = z.looseObject({ id: z.string() });
const evaluation = {
  comparison_operator: "GREATER_THAN",
  source: { name: "x" },
  threshold: { value: { double_value: 0.1 } },
};
const body = {
  display_name: "drift",
  query_text: "SELECT x FROM t",
  warehouse_id: "w1",
  schedule: {
    quartz_cron_schedule: "0 * * * * ?",
    timezone_id: "UTC",
    pause_status: "PAUSED",
  },
};

function warehouse(workspace: Workspace): void {
  warehouses(workspace).put("w1", {
    id: "w1",
    name: "w",
    creator_name: "c",
    state: "STOPPED",
    cluster_size: "2X-Small",
    auto_stop_mins: 10,
    min_num_clusters: 1,
    max_num_clusters: 1,
    spot_instance_policy: "COST_OPTIMIZED",
    enable_photon: true,
    enable_serverless_compute: true,
    warehouse_type: "PRO",
    channel: { name: "CHANNEL_NAME_CURRENT" },
    tags: { custom_tags: [] },
  });
}

async function open(notification: object = {}, change: object = {}) {
  const harness = openWorkspace([...alertOperations, ...notificationDestinationOperations]);
  warehouse(harness.workspace);
  const double = new QueryDouble();
  const service = startAlerts(harness.workspace, double.query);
  const answer = await harness.call("POST", path, {
    ...body,
    evaluation: {
      ...evaluation,
      notification: { subscriptions: [{ user_email: "a@example.com" }], ...notification },
    },
    ...change,
  });
  const { id } = made.parse(answer.body);
  return {
    ...{ harness, double, service, id },
    /** Evaluates when the query gives this value, or fails so. */
    see: (value: number | Error) => {
      double.answer = value instanceof Error ? value : result("x DOUBLE", [String(value)]);
      return service.evaluate(id);
    },
    mails: () => mailsOf(harness.workspace).map(({ subject }) => subject),
  };
}

const told = (...states: string[]) =>
  states.map((state) => `Alert "drift" changed status to ${state}`);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("an alert", () => {
  test("shows its state, and what was found is kept", async () => {
    const { harness, id, see } = await open();
    const state = async () => {
      const { body } = await harness.call("GET", `${path}/${id}`);
      return z.looseObject({ evaluation: z.looseObject({}) }).parse(body).evaluation;
    };
    expect(await state()).toMatchObject({ state: "UNKNOWN" });
    expect(await state()).not.toHaveProperty("last_evaluated_at");
    await see(0.5);
    expect(await state()).toMatchObject({
      state: "TRIGGERED",
      last_evaluated_at: "2026-11-21T12:00:00.000Z",
    });
    const workspace = harness.reopen();
    expect(alertsWithState(workspace)).toMatchObject([
      { alert: { id }, evaluated: { state: "TRIGGERED", value: "0.5", threshold: "0.1" } },
    ]);
  });

  test("tells of a change once, and not of what was always so", async () => {
    const { see, mails } = await open();
    for (const value of [0, 0, 0.5, 0.6, 0, 0.5]) await see(value);
    expect(mails()).toEqual(told("TRIGGERED", "TRIGGERED"));
  });

  test("tells of the way back where that is wanted", async () => {
    const { see, mails } = await open({ notify_on_ok: true });
    for (const value of [0, 0.5, 0, 0]) await see(value);
    expect(mails()).toEqual(told("TRIGGERED", "OK"));
    await see(new Error("The table is gone."));
    await see(0);
    expect(mails()).toEqual(told("TRIGGERED", "OK", "ERROR", "OK"));
  });

  test("tells again after retrigger_seconds while it is triggered", async () => {
    const { see, mails } = await open({ retrigger_seconds: 60 });
    for (const seconds of [0, 30, 59.999, 60, 90, 120]) {
      vi.setSystemTime(NOON + seconds * 1000);
      await see(0.5);
    }
    expect(mails()).toEqual(told("TRIGGERED", "TRIGGERED", "TRIGGERED"));
  });

  test("with retrigger_seconds 1 tells at every evaluation that is triggered", async () => {
    const { see, mails } = await open({ retrigger_seconds: 1 });
    for (const minute of [0, 1, 2]) {
      vi.setSystemTime(NOON + minute * 60_000);
      await see(minute === 1 ? 0 : 0.5);
    }
    expect(mails()).toEqual(told("TRIGGERED", "TRIGGERED"));
  });

  test("tells of an error once, with its reason", async () => {
    const { harness, see, mails } = await open();
    await see(new Error("The table is gone."));
    await see(new Error("The table is gone."));
    expect(mails()).toEqual(told("ERROR"));
    expect(mailsOf(harness.workspace)[0]?.source).toContain("Error: The table is gone.");
    await see(0.5);
    expect(mails()).toEqual(told("ERROR", "TRIGGERED"));
  });

  test("evaluated twice at once tells once", async () => {
    const { see, mails } = await open();
    await Promise.all([see(0.5), see(0.5), see(0.5)]);
    expect(mails()).toEqual(told("TRIGGERED"));
  });

  test("starts its warehouse, and is an error without one", async () => {
    const { harness, see } = await open();
    expect(await see(0)).toMatchObject({ state: "OK" });
    expect(warehouses(harness.workspace).get("w1")?.state).toBe("RUNNING");
    warehouses(harness.workspace).delete("w1");
    expect(await see(0)).toMatchObject({
      state: "ERROR",
      error: "w1 is not a valid endpoint id.",
    });
  });

  test("in the trash is not evaluated", async () => {
    const { harness, id, see } = await open();
    await harness.call("DELETE", `${path}/${id}`);
    await expect(see(0.5)).rejects.toThrow(`Alert '${id}' is in the trash.`);
  });

  test("deleted while it is evaluated leaves nothing behind", async () => {
    const { harness, id, see, mails } = await open();
    const evaluation = see(0.5);
    await harness.call("DELETE", `${path}/${id}?purge=true`);
    await evaluation.catch(() => undefined);
    expect(mails()).toEqual([]);
    expect(harness.workspace.store.collection("alerts.states", z.unknown()).list()).toEqual([]);
  });

  test("runs on its schedule until that is paused, also after a restart", async () => {
    const { harness, double, service, id } = await open(
      {},
      {
        schedule: { ...body.schedule, pause_status: "UNPAUSED" },
      },
    );
    await vi.advanceTimersByTimeAsync(3 * 60_000 + 1000);
    expect(double.statements).toHaveLength(3);
    service.close();
    const workspace = harness.reopen();
    const later = startAlerts(workspace, double.query);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(double.statements).toHaveLength(4);
    await harness.call("PATCH", `${path}/${id}?update_mask=schedule`, {
      schedule: body.schedule,
    });
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(double.statements).toHaveLength(4);
    later.close();
  });
});

describe("what subscribers get", () => {
  test("is a mail with the alert's own words, value, threshold and link", async () => {
    const { harness, id, see } = await open(
      {},
      {
        custom_summary: "{{ALERT_NAME}} is {{ALERT_STATUS}} at {{QUERY_RESULT_VALUE}}",
        custom_description:
          "<b>{{ALERT_COLUMN}} {{ALERT_CONDITION}} {{ALERT_THRESHOLD}}</b><br>{{QUERY_RESULT_TABLE}}{{#QUERY_RESULT_ROWS}}({{x}}){{/QUERY_RESULT_ROWS}}{{NO_SUCH}}",
      },
    );
    await see(0.5);
    const [mail, ...others] = mailsOf(harness.workspace);
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ to: "a@example.com", subject: "drift is TRIGGERED at 0.5" });
    for (const part of [
      "x > 0.1\n",
      "(0.5)",
      "<b>x &gt; 0.1</b>",
      "<td>0.5</td>",
      "Value: 0.5",
      "Threshold: 0.1",
      "Condition: x > 0.1",
      "Evaluated at: 2026-11-21T12:00:00.000Z",
      `Open: http://127.0.0.1:1/sql/alerts-v2/${id}`,
    ])
      expect(mail?.source.replaceAll("\r\n", "\n")).toContain(part);
  });

  test("cannot break the mail: markup is escaped, a line break is no header", async () => {
    const { harness, see } = await open(
      {},
      {
        display_name: "<script>\r\nBcc: evil@example.com",
        custom_description: "{{ALERT_NAME}} {{#broken}}",
      },
    );
    await see(0.5);
    const [mail] = mailsOf(harness.workspace);
    expect(mail?.source).not.toContain("<script>\n");
    expect(mail?.source.split("\r\n\r\n", 1)[0]).not.toMatch(/^Bcc:/m);
    expect(mail?.source).toContain("{{#broken}}");
  });

  test("goes to each subscriber; what cannot be sent is noted as not sent", async () => {
    const { harness, id, see } = await open();
    const destination = async (config: object) =>
      made.parse(
        (
          await harness.call("POST", "/api/2.0/notification-destinations", {
            display_name: "d",
            config,
          })
        ).body,
      ).id;
    const team = await destination({ email: { addresses: ["b@example.com", "c@example.com"] } });
    const slack = await destination({ slack: { url: "https://hooks.example.com/s3cr3t" } });
    const subscriptions = [
      { destination_id: team },
      { user_email: "a@example.com" },
      { destination_id: slack },
    ];
    await harness.call("PATCH", `${path}/${id}?update_mask=evaluation`, {
      evaluation: { ...evaluation, notification: { subscriptions } },
    });
    await see(0.5);
    expect(mailsOf(harness.workspace).map(({ to }) => to)).toEqual([
      "b@example.com, c@example.com",
      "a@example.com",
    ]);
    expect(
      sentNotifications(harness.workspace).map(({ channel, status, detail }) => [
        channel,
        status,
        detail,
      ]),
    ).toEqual([
      ["SLACK", "NOT_SENT", "The local workspace sends nothing to destinations of the type SLACK."],
      ["EMAIL", "SENT", expect.stringMatching(/^\d+\.eml$/)],
      ["EMAIL", "SENT", expect.stringMatching(/^\d+\.eml$/)],
    ]);
  });
});
