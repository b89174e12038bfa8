/** The folder of the tasks. */
export const FILES = "/Workspace/Shared/failures";
/** The catalog of {@link TABLES}. */
export const CATALOG = "ml";

const features = `customer_id STRING, total_transactions BIGINT, total_spend DOUBLE,
  avg_transaction_amount DOUBLE, last_transaction_date DATE, unique_categories BIGINT,
  spend_volatility DOUBLE, signup_date DATE, region STRING, days_since_signup INT,
  days_since_last_transaction INT`;
/** The tables that the tasks find; they have no rows. */
export const TABLES = [
  "bronze.thin (customer_id STRING, transaction_date DATE)",
  `bronze.purchases (customer_id STRING, transaction_date DATE, amount DOUBLE, quantity INT,
    product_category STRING)`,
  "bronze.customers (customer_id STRING, signup_date DATE, region STRING)",
  `features.customers (${features})`,
  "labels.none (customer_id STRING, as_of_date DATE, churned INT)",
];

/** A task that runs a file. */
export const python = (
  task_key: string,
  file: string,
  parameters: string[] = [],
  more: object = {},
) => ({
  task_key,
  spark_python_task: { python_file: `${FILES}/${file}`, parameters },
  environment_key: "serverless",
  ...more,
});

/** Runs nothing; for tasks of which only counts whether they run. */
export const step = (task_key: string, upstream: string[], run_if: string) => ({
  task_key,
  condition_task: { op: "EQUAL_TO", left: "1", right: "1" },
  depends_on: upstream.map((name) => ({ task_key: name })),
  run_if,
});

const featuresOf = (transactions: string): string[] => [
  ...["--transactions", transactions, "--customers", `${CATALOG}.bronze.customers`],
  ...["--features", `${CATALOG}.features.customers`, "--as-of", "1998-03-31"],
];

/** Tasks that fail in their own ways. */
export const SOURCES = {
  "raises.py": "def deep(row):\n    return row['price']\n\nprint('begun')\ndeep({})\n",
  "exits.py": "import sys\nprint('cannot go on')\nsys.exit(3)\n",
  "sleeps.py": "import time\nprint('asleep', flush=True)\ntime.sleep(600)\n",
  "third.py": "import sys\nprint('try', sys.argv[1])\nsys.exit() if sys.argv[1] < '3' else 0\n",
  "fine.py": "print('fine')\n",
};

/** Tasks that end by themselves as failed, and what they leave. */
export const failures = [
  {
    what: "a missing table",
    file: "churn/build_features.py",
    parameters: featuresOf(`${CATALOG}.bronze.nowhere`),
    error: /^SystemExit: 1: error: \[TABLE_OR_VIEW_NOT_FOUND\].*nowhere/,
    logs: "nowhere",
  },
  {
    what: "a missing column",
    file: "churn/build_features.py",
    parameters: featuresOf(`${CATALOG}.bronze.thin`),
    error: /error: table ml\.bronze\.thin has no column amount, quantity, product_category/,
    logs: "has no column amount",
  },
  {
    what: "a table without rows",
    file: "churn/build_features.py",
    parameters: featuresOf(`${CATALOG}.bronze.purchases`),
    error: /error: table ml\.bronze\.purchases has no purchase up to 1998-03-31/,
    logs: "has no purchase",
  },
  {
    what: "no labels",
    file: "churn/train.py",
    parameters: [
      ...["--features", `${CATALOG}.features.customers`, "--labels", `${CATALOG}.labels.none`],
      ...["--experiment", "/Shared/churn", "--model", `${CATALOG}.models.churn`],
    ],
    error: /error: table ml\.labels\.none is empty: make the labels first/,
    logs: "looking up 10 features",
  },
  {
    what: "an argument that is not allowed",
    file: "churn/build_features.py",
    parameters: [...featuresOf(`${CATALOG}.bronze.purchases`).slice(0, -1), "today"],
    error: /error: argument --as-of\S*: 'today' is not a date written as YYYY-MM-DD/,
    logs: "--as-of",
  },
  {
    what: "an exit code",
    file: "exits.py",
    parameters: [],
    error: /^SystemExit: 3: cannot go on$/,
    logs: "cannot go on\n",
  },
  {
    what: "an exception",
    file: "raises.py",
    parameters: [],
    error: /^KeyError: 'price'$/,
    logs: "begun\nTraceback",
    trace: `  File "${FILES}/raises.py", line 2, in deep\n    return row['price']`,
  },
];
