import { z } from "zod";
import { jobsOf } from "../jobs/service";
import { page } from "../paging";
import { jobAnswer, listedJob } from "../jobs/answers";
import { jobSettings, updated, withDefaults } from "../jobs/settings";
import { checkSettings } from "../jobs/validate";
import { operation, queryBool, queryInt, type Operation } from "../route";

/** The versions of the interface that the provider (2.1, 2.2) and the SDKs (2.2) call; they do the same here. */
export const jobVersions = ["2.1", "2.2"] as const;

/** Jobs: https://docs.databricks.com/api/workspace/jobs */
export const jobOperations: Operation[] = jobVersions.flatMap((version) => {
  const create = `POST /api/${version}/jobs/create` as const;
  const reset = `POST /api/${version}/jobs/reset` as const;
  const update = `POST /api/${version}/jobs/update` as const;
  // From 2.2 on a job queues unless it says otherwise.
  const queue = version === "2.2" ? { queue: { enabled: true } } : {};
  return [
    operation(create, {
      answers: "jobs.CreateResponse",
      body: jobSettings,
      handle: ({ body, workspace }) => {
        checkSettings(workspace, create, body);
        return { job_id: jobsOf(workspace).put({ ...queue, ...body }).job_id };
      },
    }),
    operation(`GET /api/${version}/jobs/get`, {
      answers: "jobs.Job",
      query: z.strictObject({ job_id: queryInt, include_trigger_state: queryBool.optional() }),
      handle: ({ query, workspace }) => jobAnswer(jobsOf(workspace).get(query.job_id)),
    }),
    operation(`GET /api/${version}/jobs/list`, {
      answers: "jobs.ListJobsResponse",
      query: z.strictObject({
        limit: queryInt.min(1).max(100).default(20),
        name: z.string().optional(),
        expand_tasks: queryBool.default(false),
        page_token: z.string().optional(),
      }),
      handle: ({ query, workspace }) => {
        const name = query.name?.toLowerCase();
        const jobs = jobsOf(workspace)
          .list()
          .filter(({ settings }) => !name || settings.name?.toLowerCase() === name);
        const { items, ...next } = page(jobs, query.limit, query.page_token);
        return {
          ...(items.length === 0
            ? {}
            : { jobs: items.map((job) => listedJob(job, query.expand_tasks)) }),
          has_more: next.next_page_token !== undefined,
          ...next,
        };
      },
    }),
    operation(reset, {
      answers: "raw",
      body: z.strictObject({ job_id: z.int(), new_settings: jobSettings }),
      handle: ({ body, workspace }) => {
        const job = jobsOf(workspace).get(body.job_id);
        checkSettings(workspace, reset, body.new_settings);
        jobsOf(workspace).put({ ...queue, ...body.new_settings }, job);
        return {};
      },
    }),
    operation(update, {
      answers: "raw",
      body: z.strictObject({
        job_id: z.int(),
        new_settings: jobSettings.optional(),
        fields_to_remove: z.array(z.string()).optional(),
      }),
      handle: ({ body, workspace }) => {
        const job = jobsOf(workspace).get(body.job_id);
        const settings = updated(
          job.settings,
          body.new_settings ?? {},
          body.fields_to_remove ?? [],
        );
        checkSettings(workspace, update, settings);
        jobsOf(workspace).put(withDefaults(settings), job);
        return {};
      },
    }),
    operation(`POST /api/${version}/jobs/delete`, {
      answers: "raw",
      body: z.strictObject({ job_id: z.int() }),
      handle: ({ body, workspace }) => {
        jobsOf(workspace).delete(body.job_id);
        return {};
      },
    }),
  ];
});
