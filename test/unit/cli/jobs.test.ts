import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { followRun, runJob } from "../../../cli/job/runJob";
import { startHttpDouble } from "../httpDouble";

const attempt = (run_id: number, task_key: string, start_time: number, result_state?: string) => ({
  run_id,
  task_key,
  start_time,
  state: {
    life_cycle_state: result_state === undefined ? "RUNNING" : "TERMINATED",
    ...(result_state === undefined ? {} : { result_state }),
  },
});

test("a task that was tried again is told of and counted by its latest attempt", async () => {
  const running = [attempt(3, "first", 30), attempt(2, "first", 20, "FAILED")];
  const ended = [
    attempt(3, "first", 30, "SUCCESS"),
    attempt(2, "first", 20, "FAILED"),
    attempt(4, "last", 40, "SUCCESS"),
  ];
  let polls = 0;
  const workspace = await startHttpDouble(({ path, query }) => {
    if (path.endsWith("get-output")) return { body: { logs: `of ${query["run_id"] ?? ""}` } };
    polls += 1;
    const over = polls > 2;
    const state = over
      ? { life_cycle_state: "TERMINATED", result_state: "SUCCESS" }
      : { life_cycle_state: "RUNNING" };
    return { body: { state, tasks: over ? ended : running } };
  });
  const told: string[] = [];
  const { tasks } = await followRun({ host: workspace.host, token: "t" }, 1, (key, state) => {
    told.push(`${key} ${state}`);
  });
  expect(told).toEqual(["first RUNNING", "first SUCCESS", "last SUCCESS"]);
  expect(tasks.map(({ key, result, logs }) => [key, result, logs])).toEqual([
    ["first", "SUCCESS", "of 3"],
    ["last", "SUCCESS", "of 4"],
  ]);
});

test.each([
  [["telco-churn-training", "iris-training"], /; there are iris-training, telco-churn-training\.$/],
  [[], /Deploy first: npm run pulumi -- up -s local$/],
])("a name that no job has, among %j", async (names, message) => {
  const workspace = await startHttpDouble(({ query }) => ({
    body:
      query["name"] === undefined ? { jobs: names.map((name) => ({ settings: { name } })) } : {},
  }));
  await expect(runJob({ host: workspace.host, token: "t" }, "telco-training")).rejects.toThrow(
    message,
  );
});

test.each([
  ["that asks for it", [{ name: "commit", default: "" }], true],
  ["that does not", [{ name: "max_depth", default: "6" }], false],
])("a job %s is told the commit that is checked out", async (_which, parameters, isTold) => {
  const ended = { life_cycle_state: "TERMINATED", result_state: "SUCCESS" };
  const workspace = await startHttpDouble(({ path }) => {
    if (path.endsWith("jobs/list")) return { body: { jobs: [{ job_id: 7 }] } };
    if (path.endsWith("jobs/get")) return { body: { settings: { parameters } } };
    if (path.endsWith("run-now")) return { body: { run_id: 1 } };
    return { body: { state: ended } };
  });
  await runJob({ host: workspace.host, token: "t" }, "churn-training", { max_depth: "3" });
  const body = workspace.received.find(({ path }) => path.endsWith("run-now"))?.body;
  const commit = spawnSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).stdout.trim();
  expect(body).toMatchObject({
    job_parameters: isTold ? { commit, max_depth: "3" } : { max_depth: "3" },
  });
});
