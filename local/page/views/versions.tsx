import type { VNode } from "preact";
import type { VersionView } from "../versions";
import { figure } from "./format";
import { sourcePath } from "./gate";
import { Alias, Status, Table, Time } from "./parts";
import { VerdictStatus } from "./statuses";

/** Metrics that a row shows; the page of the source run has all of them. */
const METRICS = 6;

const statuses: Record<VersionView["status"], VNode> = {
  READY: <Status tone="good">Ready</Status>,
  PENDING_REGISTRATION: <Status tone="busy">Being registered</Status>,
  FAILED_REGISTRATION: <Status tone="bad">Registration failed</Status>,
};

/** The versions of a model, newest first. */
export function VersionTable({
  versions,
  asOf,
}: {
  versions: readonly VersionView[];
  asOf: number;
}): VNode {
  if (versions.length === 0)
    return <Status tone="none">No version yet: training registers the first one</Status>;
  return (
    <Table
      caption="Versions, newest first"
      head={["Version", "Aliases", "Gate", "Metrics", "Source run", "Made", "Description"]}
    >
      {versions.map((version) => (
        <tr id={`v${version.number}`}>
          <th scope="row">
            v{version.number}
            <div>{statuses[version.status]}</div>
            {version.problem === undefined ? null : (
              <div class="quiet reason">{version.problem}</div>
            )}
          </th>
          <td>
            {version.aliases.map((alias) => (
              <>
                <Alias name={alias} />{" "}
              </>
            ))}
          </td>
          <td>
            <VerdictStatus gate={version.gate} />
            {version.gate?.reason === undefined ? null : (
              <div class="quiet reason">{version.gate.reason}</div>
            )}
          </td>
          <td>
            <Metrics version={version} />
          </td>
          <td>
            <Source version={version} />
          </td>
          <td>
            <Time at={version.createdAt} asOf={asOf} short />
            <div class="quiet">{version.createdBy}</div>
          </td>
          <td class="reason">
            {version.description}
            {version.tags.map(({ key, value }) => (
              <div class="quiet">
                {key}: {value}
              </div>
            ))}
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Metrics({ version: { run } }: { version: VersionView }): VNode {
  if (run === undefined) return <>–</>;
  // What was measured on rows that training never saw comes first.
  const validated = run.metrics.filter(({ name }) => name.startsWith("val_"));
  const chosen = (validated.length > 0 ? validated : run.metrics).slice(0, METRICS);
  return (
    <ul class="plain">
      {chosen.map(({ name, value }) => (
        <li class="metric">
          {name} <span class="number">{figure(value)}</span>
        </li>
      ))}
    </ul>
  );
}

function Source({ version: { runId, run } }: { version: VersionView }): VNode {
  if (runId === undefined) return <Status tone="none">None given</Status>;
  if (run === undefined) return <Status tone="unknown">Run {runId} is gone</Status>;
  return (
    <a href={sourcePath(runId)} class="name">
      {run.name === "" ? runId : run.name}
    </a>
  );
}
