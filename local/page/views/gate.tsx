import type { VNode } from "preact";
import { withAlias } from "../attention";
import type { Metric, VersionView } from "../versions";
import { figure } from "./format";
import { Alias, Fact, Status, Table, Time } from "./parts";
import { VerdictStatus } from "./statuses";

interface Props {
  readonly versions: readonly VersionView[];
  readonly asOf: number;
}

/** Who is champion, who wants to be, and what the gate said about both. */
export function Gate({ versions, asOf }: Props): VNode {
  const champion = withAlias(versions, "champion");
  const challenger = withAlias(versions, "challenger");
  const two = [champion, challenger === champion ? undefined : challenger];
  const subjects = two.filter((one) => one !== undefined);
  return (
    <>
      {champion === undefined ? (
        <p>
          <Status tone="minor">No champion: nothing was promoted yet</Status>
        </p>
      ) : null}
      <div class="pair">
        {subjects.map((version) => (
          <Subject version={version} asOf={asOf} />
        ))}
      </div>
      {subjects.length === 0 ? null : <Metrics subjects={subjects} />}
    </>
  );
}

function Subject({ version, asOf }: { version: VersionView; asOf: number }): VNode {
  const { number, aliases, gate } = version;
  const id = `verdict-${number}`;
  return (
    <article class="card" aria-labelledby={id}>
      <header>
        <h3 id={id}>Version {number}</h3>
        {aliases.map((alias) => (
          <Alias name={alias} />
        ))}
        <VerdictStatus gate={gate} />
      </header>
      {gate === undefined ? (
        <p class="quiet">
          The gate decides at the next <code>pulumi up</code>.
        </p>
      ) : (
        <>
          {gate.reason === undefined ? null : (
            <ul class="checks">
              {gate.reason.split("; ").map((check) => (
                <li>{check}</li>
              ))}
            </ul>
          )}
          <dl class="facts">
            {gate.at === undefined ? null : (
              <Fact name="Decided">
                <Time at={gate.at} asOf={asOf} />
              </Fact>
            )}
            {gate.previousChampion === undefined ? null : (
              <Fact name="Champion before">v{gate.previousChampion}</Fact>
            )}
            {gate.runId === undefined ? null : (
              <Fact name="Measured in run">
                <a href={sourcePath(gate.runId)} class="name">
                  {gate.runId}
                </a>
              </Fact>
            )}
            {gate.evidence.map(({ key, value }) => (
              <Fact name={key}>{value}</Fact>
            ))}
          </dl>
        </>
      )}
    </article>
  );
}

function Metrics({ subjects }: { subjects: readonly VersionView[] }): VNode {
  const names = new Set(
    subjects.flatMap(({ run }) => (run?.metrics ?? []).map(({ name }) => name)),
  );
  if (names.size === 0) return <p class="quiet">Their runs have no metrics.</p>;
  const [first, second] = subjects;
  return (
    <Table
      caption="Metrics of their source runs"
      head={[
        "Metric",
        ...subjects.map(
          ({ number, aliases }) => `v${number} ${aliases.map((a) => `@${a}`).join(" ")}`,
        ),
        ...(second === undefined ? [] : ["Difference"]),
      ]}
    >
      {[...names].sort().map((name) => (
        <tr>
          <th scope="row">{name}</th>
          {subjects.map((version) => (
            <td class="number">{shown(metricOf(version, name))}</td>
          ))}
          {second === undefined ? null : (
            <td class="number">{difference(metricOf(first, name), metricOf(second, name))}</td>
          )}
        </tr>
      ))}
    </Table>
  );
}

/** The page of an MLflow run. */
export function sourcePath(runId: string): string {
  return `/sources/${encodeURIComponent(runId)}`;
}

function metricOf(version: VersionView | undefined, name: string): Metric["value"] | undefined {
  return version?.run?.metrics.find((metric) => metric.name === name)?.value;
}

function shown(value: Metric["value"] | undefined): string {
  return value === undefined ? "–" : figure(value);
}

/** The challenger's value less the champion's, with its sign. */
function difference(a: Metric["value"] | undefined, b: Metric["value"] | undefined): string {
  if (typeof a !== "number" || typeof b !== "number") return "–";
  const by = Number((b - a).toPrecision(4));
  return by > 0 ? `+${figure(by)}` : figure(by).replace("-", "−");
}
