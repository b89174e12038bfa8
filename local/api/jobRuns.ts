import { z } from "zod";
import { invalid } from "../errors";
import { runAnswer, taskRunAnswer } from "../jobs/answers";
import { runOutput } from "../jobs/runOutput";
import { jobsOf } from "../jobs/service";
import { jobSettings } from "../jobs/settings";
import { key, taskSettings } from "../jobs/task";
import { checkSettings } from "../jobs/validate";
import { page } from "../paging";
import { operation, queryBool, queryInt, type Operation } from "../route";
import { jobVersions } from "./jobs";

const parameters = z.record(z.string(), z.string());
const token = z.string().min(1).max(64);
const queue = z.strictObject({ enabled: z.boolean() });

/** What a one-time run can be told: of a job's settings those that concern a run. */
const submitted = jobSettings
  .pick({
    environments: true,
    timeout_seconds: true,
    queue: true,
    run_as: true,
    health: true,
    email_notifications: true,
    webhook_notifications: true,
    notification_settings: true,
    performance_target: true,
    budget_policy_id: true,
  })
  .extend({
    run_name: z.string().optional(),
    tasks: z.array(taskSettings).min(1).max(100),
    idempotency_token: token.optional(),
  });

/** Runs of jobs: https://docs.databricks.com/api/workspace/jobs/runnow */
export const jobRunOperations: Operation[] = jobVersions.flatMap((version) => {
  const submit = `POST /api/${version}/jobs/runs/submit` as const;
  return [
    operation(`POST /api/${version}/jobs/run-now`, {
      answers: "jobs.RunNowResponse",
      body: z.strictObject({
        job_id: z.int(),
        job_parameters: parameters.optional(),
        idempotency_token: token.optional(),
        queue: queue.optional(),
        only: z.array(key).optional(),
        performance_target: z.enum(["PERFORMANCE_OPTIMIZED", "STANDARD"]).optional(),
      }),
      handle: ({ body, workspace }) => {
        const jobs = jobsOf(workspace);
        const job = jobs.get(body.job_id);
        const earlier = jobs.history.withToken(body.idempotency_token);
        const run =
          earlier ??
          jobs.run(job, {
            trigger: "ONE_TIME",
            overrides: body.job_parameters,
            only: body.only,
            queue: body.queue,
            idempotency_token: body.idempotency_token,
          });
        return { run_id: run.run_id, number_in_job: run.number_in_job };
      },
    }),
    operation(submit, {
      answers: "jobs.SubmitRunResponse",
      body: submitted,
      handle: ({ body, workspace }) => {
        const jobs = jobsOf(workspace);
        const { run_name = "Untitled", idempotency_token, ...settings } = body;
        checkSettings(workspace, submit, settings);
        const earlier = jobs.history.withToken(idempotency_token);
        const run = earlier ?? jobs.submit({ ...settings, name: run_name }, idempotency_token);
        return { run_id: run.run_id };
      },
    }),
    operation(`GET /api/${version}/jobs/runs/get`, {
      answers: "jobs.Run",
      query: z.strictObject({
        run_id: queryInt,
        include_history: queryBool.default(false),
        include_resolved_values: queryBool.default(false),
      }),
      handle: ({ query, workspace }) => {
        const run = jobsOf(workspace).history.get(query.run_id);
        const { include_resolved_values: resolved, include_history: history } = query;
        const found = run.tasks
          .flatMap((task) => task.attempts.map((attempt) => ({ task, attempt })))
          .find(({ attempt }) => attempt.run_id === query.run_id);
        return found === undefined
          ? runAnswer(workspace, run, { tasks: true, resolved, history })
          : taskRunAnswer(workspace, run, found.task, found.attempt, resolved);
      },
    }),
    operation(`GET /api/${version}/jobs/runs/list`, {
      answers: "jobs.ListRunsResponse",
      query: z.strictObject({
        job_id: queryInt.optional(),
        active_only: queryBool.default(false),
        completed_only: queryBool.default(false),
        expand_tasks: queryBool.default(false),
        limit: queryInt.min(0).max(25).default(20),
        page_token: z.string().optional(),
        run_type: z.enum(["JOB_RUN", "SUBMIT_RUN", "WORKFLOW_RUN"]).optional(),
        start_time_from: queryInt.optional(),
        start_time_to: queryInt.optional(),
      }),
      handle: ({ query, workspace }) => {
        if (query.active_only && query.completed_only)
          throw invalid("active_only and completed_only cannot both be true.");
        const runs = jobsOf(workspace)
          .history.list()
          .filter((run) => query.job_id === undefined || run.job_id === query.job_id)
          .filter((run) => !query.active_only || run.state !== "ENDED")
          .filter((run) => !query.completed_only || run.state === "ENDED")
          .filter((run) => query.run_type === undefined || run.run_type === query.run_type)
          .filter((run) => run.start_time >= (query.start_time_from ?? 0))
          .filter((run) => run.start_time <= (query.start_time_to ?? Infinity));
        const { items, ...next } = page(runs, query.limit || 25, query.page_token);
        const parts = { tasks: query.expand_tasks };
        return {
          ...(items.length === 0
            ? {}
            : { runs: items.map((run) => runAnswer(workspace, run, parts)) }),
          has_more: next.next_page_token !== undefined,
          ...next,
        };
      },
    }),
    operation(`GET /api/${version}/jobs/runs/get-output`, {
      answers: "jobs.RunOutput",
      query: z.strictObject({ run_id: queryInt }),
      handle: ({ query, workspace }) => runOutput(workspace, query.run_id),
    }),
    operation(`POST /api/${version}/jobs/runs/cancel`, {
      answers: "raw",
      body: z.strictObject({ run_id: z.int() }),
      handle: ({ body, workspace }) => {
        const jobs = jobsOf(workspace);
        jobs.cancel(jobs.history.get(body.run_id), body.run_id);
        return {};
      },
    }),
    operation(`POST /api/${version}/jobs/runs/cancel-all`, {
      answers: "raw",
      body: z.strictObject({
        job_id: z.int().optional(),
        all_queued_runs: z.boolean().optional(),
      }),
      handle: ({ body, workspace }) => {
        const jobs = jobsOf(workspace);
        if (body.job_id === undefined && body.all_queued_runs !== true)
          throw invalid("job_id is required unless all_queued_runs is true.");
        if (body.job_id !== undefined) jobs.get(body.job_id);
        jobs.history
          .list()
          .filter((run) => body.job_id === undefined || run.job_id === body.job_id)
          .filter((run) => body.all_queued_runs !== true || run.state === "QUEUED")
          .forEach((run) => {
            jobs.cancel(run);
          });
        return {};
      },
    }),
    operation(`POST /api/${version}/jobs/runs/delete`, {
      answers: "raw",
      body: z.strictObject({ run_id: z.int() }),
      handle: ({ body, workspace }) => {
        const jobs = jobsOf(workspace);
        jobs.history.delete(jobs.history.get(body.run_id));
        return {};
      },
    }),
    operation(`POST /api/${version}/jobs/runs/repair`, {
      answers: "jobs.RepairRunResponse",
      body: z.strictObject({
        run_id: z.int(),
        rerun_tasks: z.array(key).optional(),
        rerun_all_failed_tasks: z.boolean().optional(),
        latest_repair_id: z.int().optional(),
        job_parameters: parameters.optional(),
      }),
      handle: ({ body, workspace }) => {
        const jobs = jobsOf(workspace);
        const run = jobs.history.get(body.run_id);
        if (run.state !== "ENDED") throw invalid(`Run ${run.run_id} is active.`);
        const latest = run.repairs.at(-1)?.id;
        if (body.latest_repair_id !== latest)
          throw invalid(
            `latest_repair_id must be ${latest ?? "left out: there was no repair yet"}.`,
          );
        const failed = run.tasks
          .filter(({ result }) => result !== "SUCCESS" && result !== "EXCLUDED")
          .map(({ task_key }) => task_key);
        const keys = body.rerun_all_failed_tasks === true ? failed : (body.rerun_tasks ?? []);
        if (new Set(keys).size < keys.length)
          throw invalid("rerun_tasks cannot contain duplicate task keys.");
        if (keys.length === 0) throw invalid(`Run ${run.run_id}: there are no tasks to run again.`);
        return { repair_id: jobs.repair(run, keys, body.job_parameters ?? {}) };
      },
    }),
  ];
});
