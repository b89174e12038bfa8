import type { VNode } from "preact";
import { remark, wordOf, type Check, type Gate, type Standing } from "../gate";
import type { Report } from "../report";
import type { IconName } from "./icons";
import { Section, Status, Table, shown } from "./parts";

const standings: Readonly<Record<Standing, readonly [IconName, tone: string]>> = {
  ERROR: ["bad", "bad"],
  SUPERSEDED: ["bad", "bad"],
  BLOCKED: ["bad", "bad"],
  "PROMOTED BY BREAKGLASS": ["warning", "bad"],
  "ROLLED BACK": ["warning", "replace"],
  INCONCLUSIVE: ["delete", "bad"],
  REFUSED: ["delete", "bad"],
  "DRY RUN": ["waiting", "quiet-status"],
  CANARY: ["waiting", "update"],
  PROMOTED: ["good", "good"],
  CHAMPION: ["good", "good"],
  WAITING: ["waiting", "quiet-status"],
};

/** Where the verdict's own word says too little. */
const words: Readonly<Partial<Record<Standing, string>>> = {
  ERROR: "error, fails the update",
  BLOCKED: "blocks the update",
};

const results: Readonly<Record<Check["result"], readonly [IconName, tone: string, text: string]>> =
  {
    passed: ["good", "good", "holds"],
    failed: ["delete", "bad", "fails"],
    unknown: ["warning", "bad", "unknown"],
  };

/** The verdict of each gate with its numbers. */
export function Gates({ report: { gates } }: { report: Report }): VNode | null {
  if (gates.length === 0) return null;
  return (
    <Section id="gates" title="Promotion gates">
      <Table
        caption="What the gates say"
        columns={["Model", "Version", "Verdict", "Checks and what was measured", "What follows"]}
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
              <Checks gate={gate} />
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
  const [icon, tone] = standings[gate.standing];
  return (
    <Status icon={icon} tone={tone}>
      {words[gate.standing] ?? wordOf(gate).toLowerCase()}
    </Status>
  );
}

function Checks({ gate }: { gate: Gate }): VNode {
  const said = remark(gate);
  return (
    <>
      {said === "" ? null : <p>{shown(said)}</p>}
      {gate.checks.length === 0 ? null : (
        <ul class="plain">
          {gate.checks.map((check) => (
            <li>
              <Result check={check} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Result({ check: { name, measured, required, result } }: { check: Check }): VNode {
  const [icon, tone, text] = results[result];
  return (
    <>
      <Status icon={icon} tone={tone}>
        {text}
      </Status>{" "}
      <code>{shown(name)}</code> <span class="number">{shown(measured)}</span>
      {required === "" ? null : (
        <>
          , must be <span class="number">{shown(required)}</span>
        </>
      )}
    </>
  );
}
