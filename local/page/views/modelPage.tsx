import type { VNode } from "preact";
import type { ModelView } from "../overview";
import type { RunView } from "../jobs";
import { AlertTable } from "./alerts";
import { Concerns } from "./concerns";
import { MonitorDetails } from "./drift";
import { EndpointDetails } from "./endpoints";
import { plural, shortName } from "./format";
import { Gate } from "./gate";
import { JobTable, RunTable } from "./jobs";
import { Page } from "./layout";
import { Health } from "./health";
import { Fact, Known, NotConfigured, Section, Time } from "./parts";
import { VersionTable } from "./versions";

/** Runs that a model's page lists; the page of runs has all of them. */
const RUNS = 20;

const parts = [
  ["gate", "Gate"],
  ["versions", "Versions"],
  ["endpoints", "Endpoints"],
  ["drift", "Drift"],
  ["alerts", "Alerts"],
  ["jobs", "Jobs"],
] as const;

/** Everything about one model. @param runs - All runs, the newest first. */
export function ModelPage({
  model,
  runs,
  asOf,
}: {
  model: ModelView;
  runs: readonly RunView[];
  asOf: number;
}): VNode {
  const own = runs.filter(({ jobId }) => model.jobs.some(({ id }) => id === jobId));
  return (
    <Page title={shortName(model.fullName)} path={`/models/${model.fullName}`} asOf={asOf}>
      <header class="title">
        <h1>{shortName(model.fullName)}</h1>
        <Health model={model} />
      </header>
      <Description model={model} asOf={asOf} />
      {model.concerns.length === 0 ? null : (
        <Section id="attention" title="Needs attention">
          <div class="concerns">
            <Concerns model={model} />
          </div>
        </Section>
      )}
      <nav class="filter parts" aria-label="On this page">
        {parts.map(([id, name]) => (
          <a href={`#${id}`}>{name}</a>
        ))}
      </nav>
      <Section id="gate" title="Champion, challenger and gate">
        <Known reading={model.versions}>
          {(versions) => <Gate versions={versions} asOf={asOf} />}
        </Known>
      </Section>
      <Section id="versions" title="Versions">
        <Known reading={model.versions}>
          {(versions) => <VersionTable versions={versions} asOf={asOf} />}
        </Known>
      </Section>
      <Section id="endpoints" title="Endpoints">
        {model.endpoints.map((endpoint) => (
          <EndpointDetails endpoint={endpoint} asOf={asOf} />
        ))}
        {model.endpoints.length === 0 ? (
          <NotConfigured>Not configured: nothing serves this model</NotConfigured>
        ) : null}
      </Section>
      <Section id="drift" title="Drift">
        {model.monitors.map((monitor) => (
          <MonitorDetails monitor={monitor} asOf={asOf} />
        ))}
        {model.monitors.length === 0 ? (
          <NotConfigured>Not configured: nothing watches its predictions</NotConfigured>
        ) : null}
      </Section>
      <Section id="alerts" title="Alerts">
        {model.alerts.length === 0 ? (
          <NotConfigured />
        ) : (
          <AlertTable alerts={model.alerts} asOf={asOf} />
        )}
      </Section>
      <Section id="jobs" title="Jobs and runs">
        {model.jobs.length === 0 ? <NotConfigured /> : <JobTable jobs={model.jobs} asOf={asOf} />}
        {own.length === 0 ? null : (
          <RunTable
            runs={own.slice(0, RUNS)}
            asOf={asOf}
            caption={`Newest of ${plural(own.length, "run")}`}
          />
        )}
      </Section>
    </Page>
  );
}

function Description({ model, asOf }: { model: ModelView; asOf: number }): VNode {
  return (
    <>
      {model.comment === undefined ? null : <p>{model.comment}</p>}
      <dl class="facts">
        <Fact name="Full name">
          <span class="name">{model.fullName}</span>
        </Fact>
        <Fact name="Owner">{model.owner}</Fact>
        <Fact name="Registered">
          <Time at={model.createdAt} asOf={asOf} />
        </Fact>
      </dl>
    </>
  );
}
