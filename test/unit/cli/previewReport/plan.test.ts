import { describe, expect, it } from "vitest";
import { readEvents } from "../../../../cli/previewReport/events";
import { readPlan } from "../../../../cli/previewReport/plan";

const document = {
  steps: [{ op: "same", urn: "urn:pulumi:a::b::c::d" }],
  changeSummary: { same: 1 },
};
const indented = JSON.stringify(document, null, 4);

describe("the output of pulumi preview --json", () => {
  it.each([
    ["alone", indented],
    ["in one line", JSON.stringify(document)],
    [
      "after what npm and a program write",
      `\n> mlops@1 pulumi\n> node cli\n\n{ not json\n${indented}`,
    ],
    ["after JSON that is no plan", `{"level":"info","message":"x"}\n${indented}`],
    ["before what comes on standard error", `${indented}\nwarning: something {\n}\n`],
    ["in a line before others", `${JSON.stringify(document)}\n{"level":"info"}\n`],
  ])("is found %s", (_, text) => {
    expect(readPlan(text)).toMatchObject({ steps: document.steps, changeSummary: { same: 1 } });
  });

  it("may lack everything that a preview which fails does not come to", () => {
    const text = JSON.stringify({ diagnostics: [{ message: "error: no", severity: "error" }] });
    expect(readPlan(text)).toEqual({
      steps: [],
      diagnostics: [{ urn: "", message: "error: no", severity: "error" }],
      changeSummary: undefined,
    });
    expect(readPlan('{"steps":null,"diagnostics":null,"changeSummary":null}')?.steps).toEqual([]);
  });

  it.each(["", "error: no stack selected", '{"version":3}', "[]", '{"steps":"many"}', "{"])(
    "is not seen in %j",
    (text) => {
      expect(readPlan(text)).toBeUndefined();
    },
  );
});

describe("an event log", () => {
  it("tells each finding once, and survives a line that was cut off", () => {
    const finding = {
      policyEvent: {
        resourceUrn: "urn:pulumi:a::b::c::d",
        message: "no owner",
        policyName: "tags",
        policyPackName: "mlops",
        enforcementLevel: "mandatory",
      },
    };
    const line = JSON.stringify(finding);
    expect(readEvents(`${line}\n${line}\nnot json\n{"cancelEvent":{}}\n{"policyEv`)).toMatchObject({
      violations: [{ policyName: "tags" }],
      outputs: undefined,
    });
  });
});
