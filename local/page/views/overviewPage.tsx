import type { VNode } from "preact";
import type { Overview, ModelView } from "../overview";
import { EndpointTable } from "./endpoints";
import { modelPath, plural, shortName } from "./format";
import { AlertTable } from "./alerts";
import { Concerns } from "./concerns";
import { JobTable } from "./jobs";
import { Page } from "./layout";
import { ModelCard } from "./modelCard";
import { MonitorTable } from "./drift";
import { Section, Status } from "./parts";

/** The start page. @param alias - Only models of which a version has this alias. */
export function OverviewPage({
  overview,
  alias,
}: {
  overview: Overview;
  alias: string | undefined;
}): VNode {
  const { asOf, models } = overview;
  const shown = models.filter((model) => alias === undefined || hasAlias(model, alias));
  return (
    <Page title="Models" path="/" asOf={asOf}>
      <h1>Models</h1>
      <Attention overview={overview} />
      <Section id="models" title={alias === undefined ? "All models" : `Models with @${alias}`}>
        <AliasFilter overview={overview} alias={alias} />
        {models.length === 0 ? (
          <p>
            No model is registered yet. <code>npm run pulumi -- up -s local</code> deploys the
            stacks.
          </p>
        ) : null}
        {models.length > 0 && shown.length === 0 ? <p>No version has this alias.</p> : null}
        {shown.map((model) => (
          <ModelCard model={model} asOf={asOf} />
        ))}
      </Section>
      <Others overview={overview} />
    </Page>
  );
}

function Attention({ overview: { models, unknown } }: { overview: Overview }): VNode {
  const concerned = models.filter(({ concerns }) => concerns.length > 0);
  const fine = models.length - concerned.length;
  return (
    <Section id="attention" title="Needs attention">
      {unknown.map((why) => (
        <p class="notice">
          <Status tone="unknown">{`Not all could be read. ${why}`}</Status>
        </p>
      ))}
      {concerned.length === 0 ? (
        <p class="notice">
          {models.length === 0 ? (
            <Status tone="none">There is nothing to look after yet</Status>
          ) : (
            <Status tone="good">{`Nothing at ${plural(fine, "model")}`}</Status>
          )}
        </p>
      ) : (
        <ul class="concerns">
          {concerned.map((model) => (
            <li>
              <h3>
                <a href={modelPath(model.fullName)}>{shortName(model.fullName)}</a>
              </h3>
              <Concerns model={model} path={modelPath(model.fullName)} />
            </li>
          ))}
        </ul>
      )}
      {concerned.length > 0 && fine > 0 ? (
        <p class="quiet">{`Nothing at ${plural(fine, "other model")}.`}</p>
      ) : null}
    </Section>
  );
}

function AliasFilter({
  overview: { aliases },
  alias,
}: {
  overview: Overview;
  alias: string | undefined;
}): VNode | null {
  if (aliases.length === 0 && alias === undefined) return null;
  return (
    <nav class="filter" aria-label="Filter by alias">
      <a href="/" aria-current={alias === undefined ? "true" : undefined}>
        All
      </a>
      {aliases.map((one) => (
        <a
          href={`/?alias=${encodeURIComponent(one)}`}
          aria-current={alias === one ? "true" : undefined}
        >
          @{one}
        </a>
      ))}
    </nav>
  );
}

function Others({ overview: { others, asOf } }: { overview: Overview }): VNode | null {
  const { endpoints, monitors, alerts, jobs } = others;
  if (endpoints.length + monitors.length + alerts.length + jobs.length === 0) return null;
  return (
    <Section id="others" title="Shared by models, or part of none">
      {endpoints.length > 0 ? <EndpointTable endpoints={endpoints} asOf={asOf} /> : null}
      {monitors.length > 0 ? <MonitorTable monitors={monitors} asOf={asOf} /> : null}
      {alerts.length > 0 ? <AlertTable alerts={alerts} asOf={asOf} /> : null}
      {jobs.length > 0 ? <JobTable jobs={jobs} asOf={asOf} /> : null}
    </Section>
  );
}

function hasAlias({ versions }: ModelView, alias: string): boolean {
  return versions.known && versions.value.some(({ aliases }) => aliases.includes(alias));
}
