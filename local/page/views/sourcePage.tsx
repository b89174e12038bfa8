import type { VNode } from "preact";
import type { SourceDetails } from "../source";
import { duration, figure } from "./format";
import { Page } from "./layout";
import { Fact, Status, Table, Time, type Tone } from "./parts";

const statuses: Record<string, readonly [Tone, string]> = {
  FINISHED: ["good", "Finished"],
  RUNNING: ["busy", "Running"],
  SCHEDULED: ["busy", "Scheduled"],
  FAILED: ["bad", "Failed"],
  KILLED: ["minor", "Killed"],
};

/** The MLflow run that a version came from. */
export function SourcePage({ source, asOf }: { source: SourceDetails; asOf: number }): VNode {
  const { id, name, metrics, parameters, tags } = source;
  const [tone, text] = (Object.hasOwn(statuses, source.status)
    ? statuses[source.status]
    : undefined) ?? ["unknown", source.status];
  return (
    <Page title={name === "" ? id : name} path={`/sources/${id}`} asOf={asOf}>
      <header class="title">
        <h1>{name === "" ? id : name}</h1>
        <Status tone={tone}>{text}</Status>
      </header>
      <dl class="facts">
        <Fact name="MLflow run">
          <span class="name">{id}</span>
        </Fact>
        <Fact name="Experiment">{source.experiment}</Fact>
        <Fact name="Started">
          <Time at={source.startedAt} asOf={asOf} />
        </Fact>
        <Fact name="Took">
          {source.endedAt === undefined ? "–" : duration(source.endedAt - source.startedAt)}
        </Fact>
      </dl>
      <Pairs
        caption="Metrics"
        pairs={metrics.map(({ name, value }) => [name, figure(value)])}
        numbers
      />
      <Pairs caption="Parameters" pairs={parameters.map(({ key, value }) => [key, value])} />
      <Pairs caption="Tags" pairs={tags.map(({ key, value }) => [key, value])} />
    </Page>
  );
}

function Pairs({
  caption,
  pairs,
  numbers = false,
}: {
  caption: string;
  pairs: readonly (readonly [string, string])[];
  numbers?: boolean;
}): VNode {
  if (pairs.length === 0) return <p class="quiet">{`${caption}: none were logged.`}</p>;
  return (
    <Table caption={caption} head={["Name", "Value"]}>
      {pairs.map(([name, value]) => (
        <tr>
          <th scope="row">{name}</th>
          <td class={numbers ? "number" : "reason"}>{value}</td>
        </tr>
      ))}
    </Table>
  );
}
