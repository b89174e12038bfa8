import { describe, expect, test } from "vitest";
import { resolve, unknownReferences, type Values } from "../../../../local/jobs/references";

const values: Values = {
  job: {
    id: 17,
    name: "train",
    run_id: 18,
    repair_count: 0,
    // A Sunday.
    start_time: Date.UTC(2026, 10, 22, 5, 6, 7),
    trigger: "PERIODIC",
    parameters: { depth: "3", "odd.name": "x" },
  },
  task: { name: "fit", run_id: 19, execution_count: 2 },
  tasks: {
    load: {
      run_id: 20,
      result_state: "UPSTREAM_FAILED",
      alert_state: undefined,
      execution_count: 1,
      values: { rows: "12" },
    },
    watch: {
      run_id: 21,
      result_state: "SUCCESS",
      alert_state: "TRIGGERED",
      execution_count: 1,
      values: {},
    },
  },
  workspace: { id: "1", url: "http://127.0.0.1:1" },
};
const names = {
  parameters: ["depth", "odd.name"],
  tasks: ["load", "watch"],
  alertTasks: ["watch"],
};

describe("references", () => {
  test.each([
    ["{{job.id}}/{{job.run_id}}", "17/18"],
    ["--depth={{ job.parameters.depth }}", "--depth=3"],
    ["{{job.parameters.`odd.name`}}", "x"],
    ["{{job.start_time.iso_date}}", "2026-11-22"],
    ["{{job.start_time.iso_datetime}}", "2026-11-22T05:06:07"],
    ["{{job.start_time.iso_weekday}} {{job.start_time.is_weekday}}", "7 false"],
    ["{{job.start_time.year}}-{{job.start_time.month}}-{{job.start_time.day}}", "2026-11-22"],
    ["{{job.trigger.type}} {{job.name}}", "periodic train"],
    ["{{task.name}} {{task.execution_count}}", "fit 2"],
    ["{{tasks.load.values.rows}} {{tasks.load.result_state}}", "12 upstream_failed"],
    ["{{tasks.watch.output.alert_state}}", "TRIGGERED"],
    ["{{workspace.url}}", "http://127.0.0.1:1"],
    ["{ {job.id} } {{}", "{ {job.id} } {{}"],
  ])("in %s give %s", (text, expected) => {
    expect(unknownReferences(text, names)).toEqual([]);
    expect(resolve(text, values)).toBe(expected);
  });

  test.each([
    "{{job.naem}}",
    "{{job.parameters.width}}",
    "{{job.start_time}}",
    "{{job.start_time.week}}",
    "{{tasks.none.values.rows}}",
    "{{tasks.load.error}}",
    "{{tasks.load.output.alert_state}}",
    "{{tasks.watch.output.first_row}}",
    "{{task.values.rows}}",
    "{{job_id}}",
    "{{}}",
    "{{job.parameters.depth.more}}",
  ])("%s is unknown", (text) => {
    expect(unknownReferences(`a ${text} b`, names)).toEqual([text]);
  });

  test("to a value that was never set have none", () => {
    expect(unknownReferences("{{tasks.load.values.none}}", names)).toEqual([]);
    expect(() => resolve("{{tasks.load.values.none}}", values)).toThrow(
      "The reference {{tasks.load.values.none}} has no value.",
    );
  });
});
