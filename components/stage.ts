import * as pulumi from "@pulumi/pulumi";
import type { Condition, PythonTask } from "./jobTasks";

/**
 * One stage of a model's way: what a job of its own runs, and what a PipelineJob runs among
 * others. There is one definition for both.
 */
export interface Stage {
  /** One after the other. */
  readonly tasks: readonly PythonTask[];
  /** The job parameters that the tasks take, with their defaults. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What must hold for the stage to run in a pipeline. @default nothing */
  readonly onlyIf?: Condition;
}

/**
 * Puts stages one after the other into one job's tasks and parameters. What one stage has fixed and
 * another takes as a parameter is a parameter for both: they must not work on different things. What
 * a task of the same run reports stays what it is.
 * @param given - Arguments that stages have fixed and the pipeline knows better, by name.
 * @throws pulumi.RunError for a parameter with two defaults, or for an argument that no task has.
 */
export function chained(
  name: string,
  stages: readonly Stage[],
  given: Readonly<Record<string, string>> = {},
): Pick<Stage, "tasks" | "parameters"> {
  const parameters = merged(name, stages);
  const tasks = stages.flatMap(({ tasks: own, onlyIf }) =>
    own.map((task, index) => ({
      ...opened(task, given, parameters),
      ...(onlyIf === undefined || index > 0 ? {} : { onlyIf }),
    })),
  );
  const known = new Set(tasks.flatMap((task) => Object.keys(task.arguments ?? {})));
  const unknown = Object.keys(given).filter((argument) => !known.has(argument));
  if (unknown.length === 0) return { tasks, parameters };
  throw new pulumi.RunError(
    `No task of ${name} has the argument ${unknown.join(", ")}; there are ${[...known].join(", ")}.`,
  );
}

function merged(name: string, stages: readonly Stage[]): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [key, value] of stages.flatMap((stage) => Object.entries(stage.parameters))) {
    const before = Object.hasOwn(parameters, key) ? parameters[key] : value;
    if (before !== value) {
      throw new pulumi.RunError(
        `Stages of ${name} have the parameter '${key}' with different defaults: ` +
          `'${before ?? ""}' and '${value}'.`,
      );
    }
    parameters[key] = value;
  }
  return parameters;
}

/** A task whose fixed arguments have become parameters, where the job has a parameter of the name. */
function opened(
  task: PythonTask,
  given: Readonly<Record<string, string>>,
  parameters: Readonly<Record<string, string>>,
): PythonTask {
  const known = Object.entries(task.arguments ?? {}).map(
    ([key, value]) => [key, Object.hasOwn(given, key) ? (given[key] ?? value) : value] as const,
  );
  const open = known.filter(([key, value]) => Object.hasOwn(parameters, key) && !isReported(value));
  return {
    ...task,
    arguments: Object.fromEntries(known.filter((pair) => !open.includes(pair))),
    parameters: [...(task.parameters ?? []), ...open.map(([key]) => key)],
  };
}

function isReported(value: pulumi.Input<string>): boolean {
  return typeof value === "string" && value.includes("{{tasks.");
}
