import type { VNode } from "preact";
import type { Gate, Standing } from "../gates";
import { kindOf } from "../kinds";
import { lossesOf, type Loss } from "../losses";
import { isMandatory, type Report } from "../report";
import { plainText, visible } from "../text";
import { parseUrn } from "../urn";
import { shorten } from "../values";
import type { IconName } from "./icons";
import { Changes, OperationStatus, Status, Table, Transition, Value, shown } from "./parts";

/** Errors, each as it was said. */
export function Errors({ report }: { report: Report }): VNode | null {
  const errors = report.problems.filter(({ severity }) => severity === "error");
  if (!report.failed || errors.length === 0) return null;
  return (
    <section aria-labelledby="errors">
      <h2 id="errors">Errors</h2>
      {errors.map(({ message }) => (
        <Said text={message} />
      ))}
    </section>
  );
}

/** Deletions and replacements, with what forces them and what is lost. */
export function Losses({ report }: { report: Report }): VNode | null {
  const losses = report.groups.flatMap(lossesOf);
  if (losses.length === 0) return null;
  return (
    <section aria-labelledby="losses">
      <h2 id="losses">Deletions and replacements</h2>
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
    </section>
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
    <section aria-labelledby="gates">
      <h2 id="gates">Promotion gates</h2>
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
    </section>
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

/** What the policy pack found. */
export function Policies({ report: { violations } }: { report: Report }): VNode | null {
  if (violations.length === 0) return null;
  return (
    <section aria-labelledby="policies">
      <h2 id="policies">Policy findings</h2>
      <Table caption="Rules that are broken" columns={["Level", "Rule", "Resource", "Finding"]}>
        {violations.map((one) => {
          const { type, name } = parseUrn(one.resourceUrn);
          return (
            <tr>
              <td>
                {isMandatory(one) ? (
                  <Status icon="bad" tone="bad">
                    stops the update
                  </Status>
                ) : (
                  <Status icon="warning" tone="minor">
                    advice
                  </Status>
                )}
              </td>
              <th scope="row">
                <code>{shown(one.policyName)}</code>
              </th>
              <td>
                {one.resourceUrn === "" ? "the stack" : shown(kindOf(type))}{" "}
                <code>{shown(name)}</code>
              </td>
              <td class="reason">{shown(plainText(one.message))}</td>
            </tr>
          );
        })}
      </Table>
    </section>
  );
}

/** Properties with a price. */
export function Costs({ report: { costs } }: { report: Report }): VNode | null {
  if (costs.length === 0) return null;
  return (
    <section aria-labelledby="costs">
      <h2 id="costs">Cost-relevant changes</h2>
      <Table
        caption="Properties that have a price"
        columns={["Resource", "Belongs to", "Property", "Before and after"]}
      >
        {costs.map(({ resource, path, before, after }) => (
          <tr>
            <th scope="row">
              {shown(resource.kind)} <code>{shown(resource.name)}</code>
            </th>
            <td>{shown(resource.home.name)}</td>
            <td>
              <span class="path">{shown(path)}</span>
            </td>
            <td>
              {before === undefined ? (
                <Value value={after} />
              ) : (
                <Transition before={before} after={after} />
              )}
            </td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

/** Outputs of the stack that other programs and people read. */
export function Outputs({ report: { outputs } }: { report: Report }): VNode | null {
  if (outputs.length === 0) return null;
  return (
    <section aria-labelledby="outputs">
      <h2 id="outputs">Changed outputs</h2>
      <Table caption="Outputs of the stack" columns={["Output", "Value"]}>
        {outputs.map(({ path, before, after }) => (
          <tr>
            <th scope="row">
              <code>{shown(path)}</code>
            </th>
            <td>
              <Transition before={before} after={after} />
            </td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

/** Warnings, as they were said. */
export function Warnings({ report: { problems, failed } }: { report: Report }): VNode | null {
  const said = problems.filter(({ severity }) => !failed || severity !== "error");
  if (said.length === 0) return null;
  return (
    <section aria-labelledby="warnings">
      <h2 id="warnings">Warnings</h2>
      {said.map(({ message }) => (
        <Said text={message} />
      ))}
    </section>
  );
}

function Said({ text }: { text: string }): VNode {
  const lines = shorten(plainText(text), 20_000)
    .split(/\r\n|\r|\n/)
    .map((line) => visible(line.replaceAll("\t", "  ")));
  return <pre tabIndex={0}>{lines.join("\n")}</pre>;
}
