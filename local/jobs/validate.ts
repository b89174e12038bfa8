import { invalid, unsupported } from "../errors";
import { USER } from "../identity";
import { findApplication } from "../servicePrincipals";
import type { Workspace } from "../workspace";
import { checkAlertTask } from "./alertTask";
import { checkSchedule } from "./quartz";
import { textsOf, unknownReferences } from "./references";
import type { JobSettings } from "./settings";
import type { TaskSettings } from "./task";

/**
 * Checks what the fields' types cannot say: the graph, the keys that refer to something, the schedule,
 * the references, the identity.
 * @throws ApiError INVALID_PARAMETER_VALUE for the first problem; 501 for what cannot run here
 */
export function checkSettings(workspace: Workspace, call: string, settings: JobSettings): void {
  const tasks = settings.tasks ?? [];
  for (const [what, keys] of [
    ["task_key", tasks.map((task) => task.task_key)],
    ["environment_key", (settings.environments ?? []).map((item) => item.environment_key)],
    ["job_cluster_key", (settings.job_clusters ?? []).map((item) => item.job_cluster_key)],
    ["job parameter", (settings.parameters ?? []).map((parameter) => parameter.name)],
  ] as const) {
    const twice = keys.find((key, index) => keys.indexOf(key) !== index);
    if (twice !== undefined) throw invalid(`The ${what} '${twice}' is used more than once.`);
  }
  for (const task of tasks) checkTask(call, task, settings);
  const cycle = cycleOf(tasks);
  if (cycle !== undefined) throw invalid(`The tasks depend on each other: ${cycle.join(" -> ")}.`);
  if (settings.schedule) checkSchedule(settings.schedule);
  if (settings.run_as) checkRunAs(workspace, settings.run_as);
}

function checkTask(call: string, task: TaskSettings, settings: JobSettings): void {
  const name = `Task '${task.task_key}'`;
  const { spark_python_task, condition_task, run_job_task, alert_task } = task;
  const kinds = [spark_python_task, condition_task, run_job_task, alert_task].filter(Boolean);
  if (kinds.length !== 1)
    throw invalid(
      `${name} needs exactly one of spark_python_task, condition_task, run_job_task and alert_task; it has ${kinds.length}.`,
    );
  if (alert_task) checkAlertTask(name, alert_task);
  const clusters = (settings.job_clusters ?? []).map((cluster) => cluster.job_cluster_key);
  if (task.job_cluster_key !== undefined && !clusters.includes(task.job_cluster_key))
    throw invalid(`${name}: the job_cluster_key '${task.job_cluster_key}' is not defined.`);
  const environments = (settings.environments ?? []).map((item) => item.environment_key);
  if (task.environment_key !== undefined && !environments.includes(task.environment_key))
    throw invalid(`${name}: the environment_key '${task.environment_key}' is not defined.`);
  if (task.spark_python_task) checkPython(call, name, task.spark_python_task.python_file, task);
  const tasks = settings.tasks ?? [];
  for (const dependency of task.depends_on ?? []) {
    const upstream = tasks.find((other) => other.task_key === dependency.task_key);
    if (upstream === undefined)
      throw invalid(`${name} depends on '${dependency.task_key}', which is no task of this job.`);
    if (dependency.outcome !== undefined && upstream.condition_task === undefined)
      throw invalid(
        `${name}: an outcome is only allowed on a condition task, which '${upstream.task_key}' is not.`,
      );
  }
  const unknown = textsOf(task).flatMap((text) =>
    unknownReferences(text, {
      parameters: (settings.parameters ?? []).map((parameter) => parameter.name),
      tasks: tasks.map((other) => other.task_key),
      alertTasks: tasks.filter((other) => other.alert_task).map((other) => other.task_key),
    }),
  );
  if (unknown.length > 0)
    throw invalid(`${name}: unknown dynamic value reference ${unknown.join(", ")}.`);
}

function checkPython(call: string, name: string, file: string, task: TaskSettings): void {
  const compute = [task.environment_key, task.job_cluster_key, task.new_cluster].filter(
    (given) => given !== undefined,
  );
  if (compute.length !== 1)
    throw invalid(
      `${name} needs exactly one of environment_key, job_cluster_key and new_cluster; it has ${compute.length}.`,
    );
  if (/^[a-z0-9]+:/i.test(file) || file.startsWith("/Volumes/"))
    throw unsupported(call, `python_file '${file}' outside of the workspace's files`);
  if (!file.startsWith("/"))
    throw invalid(`${name}: python_file '${file}' is not an absolute workspace path.`);
}

/** Deployments name service principals by their application, as Databricks does. */
function checkRunAs(workspace: Workspace, runAs: NonNullable<JobSettings["run_as"]>): void {
  const { user_name: user, service_principal_name: application } = runAs;
  if ((user === undefined) === (application === undefined))
    throw invalid("run_as needs exactly one of user_name and service_principal_name.");
  if (application !== undefined && findApplication(workspace, application) === undefined)
    throw invalid(`run_as: service principal '${application}' does not exist in this workspace.`);
  if (user !== undefined && user !== USER.userName)
    throw invalid(`run_as: '${user}' does not exist in this workspace.`);
}

/** The keys of tasks that wait for each other in a circle, if any do. */
function cycleOf(tasks: readonly TaskSettings[]): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    const task = tasks.find((other) => other.task_key === name);
    for (const dependency of task?.depends_on ?? []) {
      const found = visit(dependency.task_key, [...path, name]);
      if (found !== undefined) return found;
    }
    done.add(name);
    return undefined;
  };
  for (const task of tasks) {
    const found = visit(task.task_key, []);
    if (found !== undefined) return found;
  }
  return undefined;
}
