import { Budget } from "@pulumi/azure-native/consumption";
import * as pulumi from "@pulumi/pulumi";
import type { AzureEnvironment } from "./environment";

/** Arguments of {@link MonthlyBudget}. */
export interface MonthlyBudgetArgs {
  readonly environment: AzureEnvironment;
  /** In the subscription's currency. */
  readonly amount: number;
  /** First month, `2026-12`. Azure takes the current one when the budget is made, and no other later. */
  readonly startMonth: string;
  /** Who is told. At least one address. */
  readonly emails: readonly string[];
}

/**
 * Tells when an environment has cost 80 % of its budget in a month, and when it is bound to exceed it. Machines
 * are paid for in the workspace's managed resource group, so the budget is the subscription's, for both groups.
 */
export class MonthlyBudget extends pulumi.ComponentResource {
  readonly budget: Budget;

  /** @throws pulumi.RunError for an amount that is not above 0, a month in another form, or no addresses. */
  constructor(name: string, args: MonthlyBudgetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:MonthlyBudget", name, {}, opts);
    const { environment, amount, startMonth, emails } = args;
    if (!(amount > 0)) {
      throw new pulumi.RunError(`amount of ${name} is ${amount}; it must be above 0.`);
    }
    if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(startMonth)) {
      throw new pulumi.RunError(
        `startMonth of ${name} is '${startMonth}'; it must be a month such as 2026-12.`,
      );
    }
    if (emails.length === 0) {
      throw new pulumi.RunError(`emails of ${name} is empty; it must name at least one address.`);
    }
    const { names, subscriptionId, resourceGroupName } = environment;
    const notification = { enabled: true, operator: "GreaterThan", contactEmails: [...emails] };
    this.budget = new Budget(
      `${name}-budget`,
      {
        scope: `/subscriptions/${subscriptionId}`,
        budgetName: names.base,
        category: "Cost",
        amount,
        timeGrain: "Monthly",
        timePeriod: { startDate: `${startMonth}-01T00:00:00Z` },
        filter: {
          dimensions: {
            name: "ResourceGroupName",
            operator: "In",
            values: [resourceGroupName, names.managedResourceGroup],
          },
        },
        notifications: {
          "spent-80-percent": { ...notification, threshold: 80, thresholdType: "Actual" },
          "will-exceed": { ...notification, threshold: 100, thresholdType: "Forecasted" },
        },
      },
      { parent: this },
    );
    this.registerOutputs({ budgetId: this.budget.id });
  }
}
