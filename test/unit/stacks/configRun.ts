import * as pulumi from "@pulumi/pulumi";
import { expect } from "vitest";
import { parseConfig } from "../../../stacks/config";
import { customerChurnSettings } from "../../../stacks/customerChurn/settings";

/** A complete section. */
export const ENVIRONMENT = {
  catalog: "ml",
  tags: { owner: "data-science", cost_center: "ml" },
  access: { users: "account users", engineers: "ml-engineers" },
  emails: ["a@example.com"],
};

/** A valid configuration, as the engine passes it, with these keys changed. */
export const config = (churn: object = {}, environment: object = {}): Record<string, string> => ({
  "mlops:environment": JSON.stringify({ ...ENVIRONMENT, ...environment }),
  "mlops:customerChurn": JSON.stringify(churn),
});

/** The message of a refusal; fails the test if there is none, or if it is not one for users. */
export function refused(values: Record<string, string>, secret: readonly string[] = []): string {
  try {
    parseConfig(values, (key) => secret.includes(key));
  } catch (error) {
    expect(error).toBeInstanceOf(pulumi.RunError);
    return error instanceof Error ? error.message : "";
  }
  throw new Error("The configuration was accepted.");
}

/** What the configuration says, with the section of one model beside it. */
export function parsed(values: Readonly<Record<string, string>>) {
  const settings = parseConfig(values);
  return {
    ...settings,
    customerChurn: customerChurnSettings.parse(settings.models["customerChurn"]),
  };
}
