import type { VNode } from "preact";
import type { EndpointView, ServedView } from "../endpoints";
import { count, duration, modelPath, percent } from "./format";
import { Fact, Status, Table, Time } from "./parts";
import { EndpointStatus } from "./statuses";

/** Endpoints in a table, for a list. */
export function EndpointTable({
  endpoints,
  asOf,
}: {
  endpoints: readonly EndpointView[];
  asOf: number;
}): VNode {
  return (
    <Table caption="Endpoints" head={["Endpoint", "State", "Serves", "Requests", "Changed"]}>
      {endpoints.map((endpoint) => (
        <tr>
          <th scope="row">{endpoint.name}</th>
          <td>
            <EndpointStatus state={endpoint.state} />
          </td>
          <td>{endpoint.served.map(({ model, version }) => `${model} v${version}`).join(", ")}</td>
          <td class="number">{count(endpoint.traffic.requests)}</td>
          <td>
            <Time at={endpoint.updatedAt} asOf={asOf} short />
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** An endpoint with all that is known of it. */
export function EndpointDetails({
  endpoint,
  asOf,
}: {
  endpoint: EndpointView;
  asOf: number;
}): VNode {
  const { name, state, failure, served, pending, traffic, payloadTable } = endpoint;
  const { requests, errors, p50Ms, p95Ms, lastRequest } = traffic;
  const ms = (value: number | undefined) => (value === undefined ? "–" : duration(value));
  return (
    <article class="card" aria-labelledby={`endpoint-${name}`}>
      <header>
        <h3 id={`endpoint-${name}`}>{name}</h3>
        <EndpointStatus state={state} />
      </header>
      {failure === undefined || (state !== "behind" && state !== "failed") ? null : (
        <p class="error">{failure}</p>
      )}
      <dl class="facts">
        <Fact name="Requests">
          {count(requests)} <span class="quiet">since it was created</span>
        </Fact>
        <Fact name="Errors">
          {count(errors)} <span class="quiet">{percent(errors, requests)}</span>
        </Fact>
        <Fact name="Latency">
          {requests === 0 ? (
            "No request yet"
          ) : (
            <>
              p50 {ms(p50Ms)}, p95 {ms(p95Ms)} <span class="quiet">newest 1,000</span>
            </>
          )}
        </Fact>
        <Fact name="Last request">
          {lastRequest === undefined ? "None yet" : <Time at={lastRequest.getTime()} asOf={asOf} />}
        </Fact>
        <Fact name="Captured in">
          {payloadTable === undefined ? (
            <Status tone="none">Not configured</Status>
          ) : (
            <span class="name">{payloadTable}</span>
          )}
        </Fact>
        <Fact name="Last change">
          <Time at={endpoint.updatedAt} asOf={asOf} />
        </Fact>
      </dl>
      {served.length === 0 ? null : <ServedTable caption={`Served by ${name}`} served={served} />}
      {pending.length === 0 ? null : (
        <ServedTable
          caption={state === "updating" || state === "starting" ? "Coming up" : "Failed to come up"}
          served={pending}
        />
      )}
    </article>
  );
}

function ServedTable({
  caption,
  served,
}: {
  caption: string;
  served: readonly ServedView[];
}): VNode {
  return (
    <Table
      caption={caption}
      head={["Served entity", "Model version", "Traffic", "Requests", "Errors", "Process"]}
    >
      {served.map((one) => (
        <tr>
          <th scope="row">{one.name}</th>
          <td>
            <a href={modelPath(one.model)}>{one.model}</a> v{one.version}
          </td>
          <td class="number">{one.percentage} %</td>
          <td class="number">{count(one.requests)}</td>
          <td class="number">{count(one.errors)}</td>
          <td>
            <Process served={one} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Process({ served: { process, scalesToZero } }: { served: ServedView }): VNode {
  if (process === "running") return <Status tone="good">Running</Status>;
  if (process === "starting") return <Status tone="busy">Starting</Status>;
  return <Status tone="none">{scalesToZero ? "Scaled to zero" : "Stopped"}</Status>;
}
