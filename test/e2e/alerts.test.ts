import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runJob } from "../../cli/job/runJob";
import { root } from "../../cli/shared/paths";
import { python } from "../../cli/python/python";
import { obtainEngine, runPulumi, type PulumiResult } from "../../engine";
import { alertsWithState } from "../../local/alerts/state";
import { sentNotifications } from "../../local/notifications/records";
import { startWorkspace, type RunningWorkspace } from "../../local/start";
import { said } from "./deployment";

/** What is made with an alert, as plain resources of the provider. */
const program = `
const { AlertV2, Job, NotificationDestination, SqlEndpoint } = require("@pulumi/databricks");
const warehouse = new SqlEndpoint("warehouse", {
  name: "alerts", clusterSize: "2X-Small", maxNumClusters: 1, autoStopMins: 10,
});
const team = new NotificationDestination("team", {
  displayName: "team", config: { email: { addresses: ["team@example.com"] } },
});
const hook = new NotificationDestination("hook", {
  displayName: "hook", config: { genericWebhook: { url: "http://127.0.0.1:9/s3cr3t", password: "x" } },
});
const alert = new AlertV2("alert", {
  displayName: "drift",
  queryText: "SELECT 0.5 AS score",
  warehouseId: warehouse.id,
  evaluation: {
    source: { name: "score", aggregation: "MAX" },
    comparisonOperator: "GREATER_THAN",
    threshold: { value: { doubleValue: 0.1 } },
    emptyResultState: "OK",
    notification: { notifyOnOk: false, subscriptions: [{ destinationId: team.id }] },
  },
  schedule: { quartzCronSchedule: "0 0 6 * * ?", timezoneId: "UTC", pauseStatus: "PAUSED" },
  purgeOnDelete: true,
});
new Job("job", {
  name: "watch",
  tasks: [
    { taskKey: "alert", alertTask: { alertId: alert.id, warehouseId: warehouse.id } },
    {
      taskKey: "drifts",
      dependsOns: [{ taskKey: "alert" }],
      conditionTask: {
        op: "EQUAL_TO", left: "{{tasks.alert.output.alert_state}}", right: "TRIGGERED",
      },
    },
  ],
  emailNotifications: { onFailures: ["ops@example.com"] },
  webhookNotifications: { onFailures: [{ id: hook.id }] },
});
`;

describe("an alert that the provider has made", () => {
  const folder = mkdtempSync(join(tmpdir(), "mlops-alerts-"));
  let running: RunningWorkspace;

  async function pulumi(...args: string[]): Promise<PulumiResult> {
    return runPulumi(await obtainEngine(), [...args, "--stack", "local", "--non-interactive"], {
      cwd: folder,
      env: {
        ...process.env,
        PULUMI_BACKEND_URL: `file://${folder}`,
        PULUMI_CONFIG_PASSPHRASE: "for a test",
        DATABRICKS_HOST: running.url,
        DATABRICKS_TOKEN: running.token,
        DATABRICKS_AUTH_TYPE: "pat",
      },
      stdio: "pipe",
    });
  }

  beforeAll(async () => {
    writeFileSync(join(folder, "Pulumi.yaml"), "name: alerts\nruntime: nodejs\n");
    writeFileSync(join(folder, "package.json"), '{ "main": "index.cjs" }');
    writeFileSync(join(folder, "index.cjs"), program);
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    running = await startWorkspace({ root: join(folder, "workspace"), python });
    const init = await pulumi("stack", "init");
    expect(init.exitCode, said(init)).toBe(0);
    const made = await pulumi("up", "--yes", "--skip-preview");
    expect(made.exitCode, said(made)).toBe(0);
  });

  afterAll(async () => {
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is evaluated by a job, and told of once", async () => {
    for (let time = 0; time < 2; time += 1)
      await runJob({ host: running.url, token: running.token }, "watch", {});
    expect(alertsWithState(running.workspace)).toMatchObject([
      { evaluated: { state: "TRIGGERED", value: "0.5" } },
    ]);
    expect(sentNotifications(running.workspace)).toMatchObject([
      { to: ["team@example.com"], status: "SENT", channel: "EMAIL" },
    ]);
  });

  it("shows no change after its state has changed", async () => {
    const preview = await pulumi("preview", "--expect-no-changes");
    expect(preview.exitCode, said(preview)).toBe(0);
    const refresh = await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
    expect(refresh.exitCode, said(refresh)).toBe(0);
  });

  it("is gone when it is destroyed", async () => {
    const destroyed = await pulumi("destroy", "--yes", "--skip-preview");
    expect(destroyed.exitCode, said(destroyed)).toBe(0);
    expect(alertsWithState(running.workspace)).toEqual([]);
  });
});
