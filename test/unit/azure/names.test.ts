import fc from "fast-check";
import { expect, test } from "vitest";
import { azureNames, SHORT_NAME, type NameParts } from "../../../components/azure/names";
import { SUBSCRIPTION, TENANT } from "./scene";

const shortName = fc.stringMatching(SHORT_NAME);
const parts = fc.record({
  name: shortName,
  environment: shortName,
  subscriptionId: fc.constantFrom(SUBSCRIPTION, TENANT),
});

/** All but the one that only mails begin with. */
const uniqueNames = (given: NameParts): string[] =>
  Object.entries(azureNames(given)).flatMap(([kind, name]) =>
    kind === "actionGroupShortName" ? [] : [String(name)],
  );

test("every name fits what Azure allows", () => {
  fc.assert(
    fc.property(parts, (given) => {
      const names = azureNames(given);
      expect(names.base).toMatch(/^[a-z][a-z0-9-]{1,16}$/);
      expect(names.storageAccount).toMatch(/^[a-z0-9]{3,24}$/);
      expect(names.keyVault).toMatch(/^(?!.*--)[a-z][a-z0-9-]{1,22}[a-z0-9]$/);
      expect(names.containerRegistry).toMatch(/^[a-z0-9]{5,50}$/);
      expect(names.managedResourceGroup.length).toBeLessThanOrEqual(90);
      expect(names.actionGroupShortName.length).toBeLessThanOrEqual(12);
    }),
  );
});

test("no two environments share a name", () => {
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      fc.pre(one.name !== other.name || one.environment !== other.environment);
      const others = uniqueNames(other);
      const shared = uniqueNames(one).filter((name) => others.includes(name));
      expect(shared).toEqual([]);
    }),
  );
});

test("the boundary between name and environment cannot be lost", () => {
  const one = azureNames({ name: "ml", environment: "opsdev", subscriptionId: SUBSCRIPTION });
  const other = azureNames({ name: "mlops", environment: "dev", subscriptionId: SUBSCRIPTION });
  expect(one.storageAccount).not.toBe(other.storageAccount);
  expect(one.containerRegistry).not.toBe(other.containerRegistry);
});

test("a name stays what it is, and is another in another subscription", () => {
  const given = { name: "mlops", environment: "dev", subscriptionId: SUBSCRIPTION };
  expect(azureNames(given)).toEqual(azureNames({ ...given }));
  expect(azureNames(given).storageAccount).toMatch(/^mlopsdevdl[a-z0-9]{5}$/);
  expect(azureNames({ ...given, subscriptionId: TENANT }).storageAccount).not.toBe(
    azureNames(given).storageAccount,
  );
});

test.each([
  [
    { name: "ml-ops", environment: "dev" },
    "name is 'ml-ops'; it must be 2 to 8 lower-case letters",
  ],
  [{ name: "Mlops", environment: "dev" }, "name is 'Mlops'"],
  [{ name: "mlops", environment: "production" }, "environment is 'production'"],
  [{ name: "mlops", environment: "1" }, "environment is '1'"],
])("%j is refused", (given, message) => {
  expect(() => azureNames({ ...given, subscriptionId: SUBSCRIPTION })).toThrow(message);
});
