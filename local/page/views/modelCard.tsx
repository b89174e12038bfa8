import type { VNode } from "preact";
import { withAlias } from "../attention";
import type { JobView } from "../jobs";
import type { ModelView } from "../overview";
import type { VersionView } from "../versions";
import { duration, figure, modelPath, percent, plural, shortName } from "./format";
import { Health } from "./health";
import { LastDrift } from "./lastDrift";
import { Alias, Fact, Known, NotConfigured, Status, Time } from "./parts";
import { AlertStatus, EndpointStatus, RunStatus, VerdictStatus } from "./statuses";

interface Props {
  readonly model: ModelView;
  readonly asOf: number;
}

/** A model on the start page: what it is, and how each of its parts stands. */
export function ModelCard({ model, asOf }: Props): VNode {
  const id = `model-${model.fullName}`;
  return (
    <article class="card" aria-labelledby={id}>
      <header>
        <h3 id={id}>
          <a href={modelPath(model.fullName)}>{shortName(model.fullName)}</a>
        </h3>
        <Health model={model} />
        <p class="quiet">
          <span class="name">{model.fullName}</span> · owned by {model.owner}
        </p>
        {model.comment === undefined ? null : <p>{model.comment}</p>}
      </header>
      <dl class="facts five">
        <Fact name="Versions">
          <Known reading={model.versions}>
            {(versions) => <AliasedVersions versions={versions} asOf={asOf} />}
          </Known>
        </Fact>
        <Fact name="Gate">
          <Known reading={model.versions}>{(versions) => <Verdict versions={versions} />}</Known>
        </Fact>
        <Fact name="Endpoint">
          <Endpoints model={model} />
        </Fact>
        <Fact name="Drift">
          <LastDrift monitor={model.monitors[0]} asOf={asOf} />
        </Fact>
        <Fact name="Alert">
          <Alerts model={model} asOf={asOf} />
        </Fact>
        <Fact name="Last runs" wide>
          <LastRuns model={model} asOf={asOf} />
        </Fact>
      </dl>
    </article>
  );
}

function AliasedVersions({
  versions,
  asOf,
}: {
  versions: readonly VersionView[];
  asOf: number;
}): VNode {
  const [newest] = versions;
  if (newest === undefined) return <Status tone="none">No version yet</Status>;
  const aliased = versions.filter(({ aliases }) => aliases.length > 0);
  return (
    <ul class="plain">
      {aliased.map((version) => (
        <li>
          <strong>v{version.number}</strong>{" "}
          {version.aliases.map((alias) => (
            <>
              <Alias name={alias} />{" "}
            </>
          ))}
          <span class="quiet">
            <Time at={version.createdAt} asOf={asOf} short />
          </span>
        </li>
      ))}
      {aliased.includes(newest) ? null : (
        <li class="quiet">
          newest v{newest.number}, <Time at={newest.createdAt} asOf={asOf} short />
        </li>
      )}
    </ul>
  );
}

/** The verdict that matters now: on who wants to be champion, else on who is. */
function Verdict({ versions }: { versions: readonly VersionView[] }): VNode {
  const subject = withAlias(versions, "challenger") ?? withAlias(versions, "champion");
  if (subject === undefined) return <NotConfigured>Nothing to decide on</NotConfigured>;
  const { gate, number, run } = subject;
  const metrics = (run?.metrics ?? []).filter(({ name }) => name.startsWith("val_")).slice(0, 3);
  return (
    <>
      <VerdictStatus gate={gate} /> <span class="quiet">v{number}</span>
      {gate?.reason === undefined ? (
        <ul class="plain quiet">
          {metrics.map(({ name, value }) => (
            <li>
              {name} {figure(value)}
            </li>
          ))}
        </ul>
      ) : (
        <ul class="plain quiet">
          {gate.reason.split("; ").map((check) => (
            <li>{check}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Endpoints({ model: { endpoints } }: { model: ModelView }): VNode {
  if (endpoints.length === 0) return <NotConfigured />;
  return (
    <ul class="plain">
      {endpoints.map(({ name, state, served, traffic }) => (
        <li>
          <EndpointStatus state={state} />
          <div class="name">{name}</div>
          <div class="quiet">
            {served.map(({ version, percentage }) => `v${version} ${percentage} %`).join(", ")}
          </div>
          <div class="quiet">
            {traffic.requests === 0
              ? "No request yet"
              : `${plural(traffic.requests, "request")}, ${percent(traffic.errors, traffic.requests)} errors` +
                (traffic.p95Ms === undefined ? "" : `, p95 ${duration(traffic.p95Ms)}`)}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Alerts({ model: { alerts }, asOf }: Props): VNode {
  if (alerts.length === 0) return <NotConfigured />;
  return (
    <ul class="plain">
      {alerts.map(({ name, state, evaluatedAt, paused }) => (
        <li>
          <AlertStatus state={state} />
          <div class="quiet">
            {name}
            {paused ? ", paused" : ""}
            {evaluatedAt === undefined ? null : (
              <>
                , <Time at={evaluatedAt} asOf={asOf} short />
              </>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

function LastRuns({ model: { jobs }, asOf }: Props): VNode {
  if (jobs.length === 0) return <NotConfigured />;
  return (
    <ul class="inline">
      {[...jobs].sort(byLastRun).map(({ name, lastRun }) => (
        <li>
          {lastRun === undefined ? (
            <>
              <Status tone="none">Never ran</Status> <span class="quiet">{name}</span>
            </>
          ) : (
            <>
              <RunStatus standing={lastRun.standing} word={lastRun.word} />{" "}
              <a href={`/runs/${lastRun.id}`}>{name}</a>{" "}
              <span class="quiet">
                <Time at={lastRun.startedAt} asOf={asOf} short />
              </span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Failed ones first, then the newest; those that never ran last. */
function byLastRun(a: JobView, b: JobView): number {
  const failed = ({ lastRun }: JobView) => (lastRun?.standing === "failed" ? 1 : 0);
  const started = ({ lastRun }: JobView) => lastRun?.startedAt ?? 0;
  return failed(b) - failed(a) || started(b) - started(a);
}
