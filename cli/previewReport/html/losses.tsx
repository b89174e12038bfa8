import type { VNode } from "preact";
import { lossesOf, type Loss } from "../losses";
import type { Report } from "../report";
import { Changes, OperationStatus, Section, Table, shown } from "./parts";

/** Deletions and replacements, with what forces them and what is lost. */
export function Losses({ report }: { report: Report }): VNode | null {
  const losses = report.groups.flatMap(lossesOf);
  if (losses.length === 0) return null;
  return (
    <Section id="losses" title="Deletions and replacements">
      <Table
        caption="What is deleted or replaced"
        columns={["What happens", "Resource", "Belongs to", "Why", "Lost"]}
      >
        {losses.map((loss) => (
          <tr>
            <td>
              <OperationStatus operation={loss.operation} />
            </td>
            <th scope="row">
              {shown(loss.what)} {loss.name === undefined ? null : <code>{shown(loss.name)}</code>}
            </th>
            <td>{shown(loss.home)}</td>
            <td>
              <Why loss={loss} />
            </td>
            <td>
              {loss.loses === undefined ? (
                <span class="quiet">nothing</span>
              ) : (
                <strong class="bad">{loss.loses}</strong>
              )}
            </td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}

function Why({ loss: { operation, name, because } }: { loss: Loss }): VNode {
  if (because.length === 0)
    return (
      <span class="quiet">
        {operation === "delete" ? "no longer in the program" : "what it depends on is replaced"}
      </span>
    );
  if (name !== undefined) return <Changes changes={because} />;
  return <strong class="replace">{because.map(({ path }) => shown(path)).join(", ")}</strong>;
}
