import type { VNode } from "preact";
import type { Gate, Standing } from "../gates";
import type { Report } from "../report";
import type { IconName } from "./icons";
import { Section, Status, Table, shown } from "./parts";

const standings: Readonly<Record<Standing, readonly [IconName, tone: string, text: string]>> = {
  BLOCKED: ["bad", "bad", "blocks the update"],
  REFUSED: ["delete", "bad", "refused"],
  PROMOTED: ["good", "good", "promoted"],
  CHAMPION: ["good", "good", "champion"],
  WAITING: ["waiting", "quiet-status", "waiting"],
};

/** The verdict of each gate with its numbers. */
export function Gates({ report: { gates } }: { report: Report }): VNode | null {
  if (gates.length === 0) return null;
  return (
    <Section id="gates" title="Promotion gates">
      <Table
        caption="What the gates say"
        columns={["Model", "Version", "Verdict", "Rules and what was measured", "What follows"]}
      >
        {gates.map((gate) => (
          <tr>
            <th scope="row">
              <code>{shown(gate.model)}</code>
            </th>
            <td>{gate.version === undefined ? "none" : shown(`v${gate.version}`)}</td>
            <td>
              <Standing gate={gate} />
            </td>
            <td class="reason">
              <Rules gate={gate} />
            </td>
            <td>
              {gate.consequence === "" ? <span class="quiet">–</span> : shown(gate.consequence)}
            </td>
          </tr>
        ))}
      </Table>
    </Section>
  );
}

function Standing({ gate }: { gate: Gate }): VNode {
  const [icon, tone, text] = standings[gate.standing];
  return (
    <Status icon={icon} tone={tone}>
      {text}
    </Status>
  );
}

function Rules({ gate: { rules, reason } }: { gate: Gate }): VNode {
  if (rules.length === 0) return <>{shown(reason)}</>;
  return (
    <ul class="plain">
      {rules.map(({ metric, measured, required, passed }) => (
        <li>
          <Status icon={passed ? "good" : "delete"} tone={passed ? "good" : "bad"}>
            {passed ? "holds" : "fails"}
          </Status>{" "}
          <code>{shown(metric)}</code> <span class="number">{shown(measured)}</span>, must be{" "}
          <span class="number">{shown(required)}</span>
        </li>
      ))}
    </ul>
  );
}
