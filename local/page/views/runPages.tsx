import type { VNode } from "preact";
import type { RunView } from "../jobs";
import type { AttemptView, RunDetails, TaskView } from "../runDetails";
import { duration, plural } from "./format";
import { RunTable } from "./jobs";
import { Page } from "./layout";
import { Fact, Section, Status, Table, Time } from "./parts";
import { RunStatus } from "./statuses";

/** Runs that the list shows. */
const RUNS = 200;

/** All runs, or those of one job. */
export function RunsPage({
  runs,
  job,
  asOf,
}: {
  runs: readonly RunView[];
  job: { readonly id: number; readonly name: string } | undefined;
  asOf: number;
}): VNode {
  const shown = job === undefined ? runs : runs.filter(({ jobId }) => jobId === job.id);
  return (
    <Page title="Runs" path="/runs" asOf={asOf}>
      <h1>{job === undefined ? "Runs" : `Runs of ${job.name}`}</h1>
      {job === undefined ? null : (
        <p>
          <a href="/runs">All runs</a>
        </p>
      )}
      {shown.length === 0 ? (
        <Status tone="none">No run yet</Status>
      ) : (
        <RunTable
          runs={shown.slice(0, RUNS)}
          asOf={asOf}
          caption={
            shown.length > RUNS
              ? `The newest ${RUNS} of ${plural(shown.length, "run")}`
              : plural(shown.length, "run")
          }
        />
      )}
    </Page>
  );
}

/** One run, with what each of its tasks did and printed. */
export function RunPage({
  run,
  models,
  asOf,
}: {
  run: RunDetails;
  models: readonly VNode[];
  asOf: number;
}): VNode {
  return (
    <Page title={run.name} path={`/runs/${run.id}`} asOf={asOf}>
      <header class="title">
        <h1>{run.name}</h1>
        <RunStatus standing={run.standing} word={run.word} />
      </header>
      {run.error === undefined ? null : <p class="error">{run.error}</p>}
      {run.message === "" ? null : <p class="quiet">{run.message}</p>}
      <dl class="facts">
        <Fact name="Run">{run.id}</Fact>
        <Fact name="Job">
          {run.hasJob ? <a href={`/runs?job=${run.jobId}`}>{run.jobId}</a> : "none any more"}
        </Fact>
        <Fact name="Started">
          <Time at={run.startedAt} asOf={asOf} />
        </Fact>
        <Fact name="Took">
          {run.endedAt === undefined ? "still active" : duration(run.endedAt - run.startedAt)}
        </Fact>
        {models.length === 0 ? null : <Fact name="Has to do with">{models}</Fact>}
        {run.parentRun === undefined ? null : (
          <Fact name="Started by run">
            <a href={`/runs/${run.parentRun}`}>{run.parentRun}</a>
          </Fact>
        )}
        {run.repairs === 0 ? null : <Fact name="Repaired">{plural(run.repairs, "time")}</Fact>}
      </dl>
      {run.parameters.length === 0 ? null : (
        <Table caption="Parameters" head={["Parameter", "Value"]}>
          {run.parameters.map(({ name, value }) => (
            <tr>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </Table>
      )}
      <Section id="tasks" title="Tasks">
        {run.tasks.map((task) => (
          <Task task={task} asOf={asOf} />
        ))}
      </Section>
    </Page>
  );
}

function Task({ task, asOf }: { task: TaskView; asOf: number }): VNode {
  const id = `task-${task.key}`;
  return (
    <article class="card" aria-labelledby={id}>
      <header>
        <h3 id={id}>{task.key}</h3>
        <RunStatus standing={task.standing} word={task.word} />
        <p class="quiet">
          {task.what}
          {task.dependsOn.length === 0 ? "" : ` after ${task.dependsOn.join(", ")}`}
        </p>
      </header>
      {task.message === "" ? null : <p>{task.message}</p>}
      {task.attempts.length === 0 ? <p class="quiet">It was not started.</p> : null}
      {[...task.attempts].reverse().map((attempt) => (
        <Attempt attempt={attempt} of={task} asOf={asOf} />
      ))}
    </article>
  );
}

function Attempt({
  attempt,
  of: task,
  asOf,
}: {
  attempt: AttemptView;
  of: TaskView;
  asOf: number;
}): VNode {
  const { error, trace, log, logIsCut, childRun, condition, parameters } = attempt;
  const name = `attempt ${attempt.number + 1} of ${task.key}`;
  return (
    <div class="attempt">
      <dl class="facts">
        <Fact name="Attempt">{attempt.number + 1}</Fact>
        <Fact name="Started">
          <Time at={attempt.startedAt} asOf={asOf} />
        </Fact>
        <Fact name="Took">
          {attempt.endedAt === undefined
            ? "still active"
            : duration(attempt.endedAt - attempt.startedAt)}
        </Fact>
        {condition === undefined ? null : <Fact name="Condition">{condition}</Fact>}
        {childRun === undefined ? null : (
          <Fact name="Started run">
            <a href={`/runs/${childRun}`}>{childRun}</a>
          </Fact>
        )}
      </dl>
      {parameters.length === 0 ? null : (
        <details>
          <summary>Arguments</summary>
          <Text of={`Arguments of ${name}`}>{parameters.join("\n")}</Text>
        </details>
      )}
      {error === undefined ? null : <p class="error">{error}</p>}
      {trace === undefined ? null : (
        <details open={log === ""}>
          <summary>Trace of the error</summary>
          <Text of={`Trace of ${name}`}>{trace}</Text>
        </details>
      )}
      {log === "" ? null : (
        <details open={error !== undefined}>
          <summary>Log</summary>
          {logIsCut ? <p class="quiet">Only its end is shown.</p> : null}
          <Text of={`Log of ${name}`}>{log}</Text>
        </details>
      )}
    </div>
  );
}

/** Output as it came, without the escape sequences by which terminals colour it. */
function Text({ of, children }: { of: string; children: string }): VNode {
  return (
    <pre tabindex={0} role="group" aria-label={of}>
      {withoutControls(children)}
    </pre>
  );
}

/** https://ecma-international.org/publications-and-standards/standards/ecma-48/ */
export function withoutControls(text: string): string {
  return text
    .replace(/\u001b\[[0-?]*[ -/]*[@-~]/g, "")
    .replace(/[\u0000-\u0008\u000b-\u001f]/g, "");
}
