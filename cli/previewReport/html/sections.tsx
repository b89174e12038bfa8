import type { VNode } from "preact";
import { kindOf } from "../kinds";
import { isMandatory, type Report } from "../report";
import { plainText, visible } from "../text";
import { parseUrn } from "../../stack/urn";
import { shorten } from "../values";
import { Section, Status, Table, Transition, Value, shown } from "./parts";

/** Errors, each as it was said. */
export function Errors({ report }: { report: Report }): VNode | null {
  const errors = report.problems.filter(({ severity }) => severity === "error");
  if (!report.failed || errors.length === 0) return null;
  return (
    <Section id="errors" title="Errors">
      {errors.map(({ message }) => (
        <Said text={message} />
      ))}
    </Section>
  );
}

/** What the policy pack found. */
export function Policies({ report: { violations } }: { report: Report }): VNode | null {
  if (violations.length === 0) return null;
  return (
    <Section id="policies" title="Policy findings">
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
    </Section>
  );
}

/** Properties with a price. */
export function Costs({ report: { costs } }: { report: Report }): VNode | null {
  if (costs.length === 0) return null;
  return (
    <Section id="costs" title="Cost-relevant changes">
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
    </Section>
  );
}

/** Outputs of the stack that other programs and people read. */
export function Outputs({ report: { outputs } }: { report: Report }): VNode | null {
  if (outputs.length === 0) return null;
  return (
    <Section id="outputs" title="Changed outputs">
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
    </Section>
  );
}

/** Warnings, as they were said. */
export function Warnings({ report: { problems, failed } }: { report: Report }): VNode | null {
  const said = problems.filter(({ severity }) => !failed || severity !== "error");
  if (said.length === 0) return null;
  return (
    <Section id="warnings" title="Warnings">
      {said.map(({ message }) => (
        <Said text={message} />
      ))}
    </Section>
  );
}

function Said({ text }: { text: string }): VNode {
  const lines = shorten(plainText(text), 20_000)
    .split(/\r\n|\r|\n/)
    .map((line) => visible(line.replaceAll("\t", "  ")));
  return <pre tabIndex={0}>{lines.join("\n")}</pre>;
}
