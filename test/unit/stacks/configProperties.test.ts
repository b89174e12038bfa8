import * as fc from "fast-check";
import { expect, test } from "vitest";
import { config, parsed, refused } from "./configRun";

test("a bound is taken exactly if it lies between 0 and 1", () => {
  fc.assert(
    fc.property(fc.oneof(fc.double({ min: -2, max: 2 }), fc.constantFrom(0, 1)), (bound) => {
      const values = config({ gate: { above: { val_accuracy: bound } } });
      if (bound >= 0 && bound <= 1) {
        expect(parsed(values).customerChurn.gate.above["val_accuracy"]).toBeCloseTo(bound, 15);
      } else refused(values);
    }),
  );
});

test("no unknown key passes, on any level", () => {
  const at = fc.constantFrom("", "gate", "training", "endpoint", "alert");
  const key = fc.stringMatching(/^[a-z]{1,9}X$/);
  fc.assert(
    fc.property(at, key, fc.jsonValue(), (section, name, value) => {
      const inner = { [name]: value };
      const message = refused(config(section === "" ? inner : { [section]: inner }));
      expect(message).toContain(`${name}: there is no such key; allowed: `);
    }),
  );
});

test("it is accepted or refused in words, never with a crash", () => {
  fc.assert(
    fc.property(fc.json(), fc.string(), (churn, environment) => {
      refused({ "mlops:customerChurn": churn, "mlops:environment": environment });
    }),
  );
});
