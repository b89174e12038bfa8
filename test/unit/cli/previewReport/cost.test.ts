import { describe, expect, it } from "vitest";
import { showValue } from "../../../../cli/previewReport/values";
import { model, planOf, report, step } from "./plans";

const ENDPOINT = "databricks:index/modelServing:ModelServing";
const STORAGE = "azure-native:storage:StorageAccount";
const endpoint = (workloadSize: string, scaleToZeroEnabled: boolean) => ({
  name: "e",
  config: { servedEntities: [{ workloadSize, scaleToZeroEnabled, entityVersion: workloadSize }] },
});

const costs = (...steps: Parameters<typeof planOf>[0]) =>
  report(planOf(steps)).costs.map(
    ({ path, before, after }) => `${path}: ${showValue(before)} → ${showValue(after)}`,
  );

describe("cost-relevant changes", () => {
  it("are those of a property with a price, and of no other", () => {
    const [before, after] = [endpoint("Small", true), endpoint("Large", true)];
    expect(costs(step({ op: "update", type: ENDPOINT, name: "e", before, after }))).toEqual([
      "config.servedEntities[0].workloadSize: Small → Large",
    ]);
    const parent = model("m");
    expect(costs(step({ op: "update", type: "a:b:C", name: "c", parent, before, after }))).toEqual(
      [],
    );
  });

  it("are all priced properties of what comes or goes", () => {
    const one = { name: "e", type: ENDPOINT };
    const properties = endpoint("Small", false);
    expect(costs(step({ op: "create", ...one, after: properties }))).toEqual([
      "config.servedEntities[0].workloadSize: none → Small",
      "config.servedEntities[0].scaleToZeroEnabled: none → false",
    ]);
    expect(costs(step({ op: "delete", ...one, before: properties }))).toHaveLength(2);
  });

  it("are an Azure resource's SKU and what it keeps for how long", () => {
    const after = {
      sku: { name: "Standard_ZRS", family: "A" },
      kind: "StorageV2",
      retentionInDays: 30,
    };
    expect(costs(step({ op: "create", type: STORAGE, name: "s", after }))).toEqual([
      "sku.name: none → Standard_ZRS",
      "retentionInDays: none → 30",
    ]);
  });
});
