import type { Column } from "../../components";
import { column, required } from "../columns";

const flag = (name: string, comment: string): Column => column(name, "int", `1: ${comment}; 0: no`);

const customerId = required(
  "customer_id",
  "string",
  "Row in the source, which has no other number",
);
const churned = required("churned", "int", "1: left within the last month; 0: stayed");

const services = [
  "online_security",
  "online_backup",
  "device_protection",
  "tech_support",
  "streaming_tv",
  "streaming_movies",
] as const;

const flags: readonly (readonly [name: string, comment: string])[] = [
  ["female", "a woman"],
  ["senior_citizen", "65 years or older"],
  ["partner", "lives with a partner"],
  ["dependents", "lives with children, parents or others"],
  ["phone_service", "has a telephone"],
  ["paperless_billing", "gets no bills on paper"],
];

/** What the model is asked with, in the order of its signature; all of it numbers. */
export const inputs: readonly Column[] = [
  column("tenure_months", "int", "Months with the company"),
  column("contract_months", "int", "Length of the contract: 1, 12 or 24"),
  column("monthly_charges", "double", "Last monthly bill, US dollars"),
  column("total_charges", "double", "All bills so far, US dollars; NULL before the first"),
  ...flags.map(([name, comment]) => flag(name, comment)),
  flag("multiple_lines", "several telephone lines"),
  flag("dsl", "internet by DSL"),
  flag("fiber_optic", "internet by fibre; neither of the two: no internet"),
  ...services.map((name) => flag(name, `takes ${name.replaceAll("_", " ")}`)),
  flag("electronic_check", "pays by electronic check"),
  flag("mailed_check", "pays by mailed check"),
  flag("bank_transfer", "pays by bank transfer; none of the three: by credit card"),
];

/** Columns of the feature table. */
export const features: readonly Column[] = [customerId, ...inputs];

/** Columns of the labels. */
export const labels: readonly Column[] = [customerId, churned];

/** Columns of the rows that training never sees: features and outcome. */
export const heldBack: readonly Column[] = [...features, churned];

/** Columns of the customers as the source has them. */
export const customers: readonly Column[] = [
  customerId,
  ...flags.map(([name, comment]) => required(name, "int", `1: ${comment}; 0: no`)),
  required("tenure", "int", "Months with the company"),
  required("monthly_charges", "double", "Last monthly bill, US dollars"),
  column("total_charges", "double", "All bills so far, US dollars; NULL before the first"),
  required("churn", "string", "Left within the last month: Yes, No"),
  required("multiple_lines", "string", "Yes, No, No phone service"),
  required("internet_service", "string", "DSL, Fiber optic, No"),
  ...services.map((name) => required(name, "string", "Yes, No, No internet service")),
  required("contract", "string", "Month-to-month, One year, Two year"),
  required("payment_method", "string", "Two kinds of check, two automatic ones"),
];
