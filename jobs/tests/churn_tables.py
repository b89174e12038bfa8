"""The tables of customer churn, as the stack declares them, and the day they are as of."""

from datetime import date

AS_OF = date(1998, 3, 31)

FEATURES_DDL = """
  customer_id STRING NOT NULL, total_transactions BIGINT, total_spend DOUBLE,
  avg_transaction_amount DOUBLE, last_transaction_date DATE, unique_categories BIGINT,
  spend_volatility DOUBLE, signup_date DATE, region STRING, days_since_signup INT,
  days_since_last_transaction INT"""
SCHEMAS = [
    "CREATE TABLE ml.bronze.transactions (customer_id STRING NOT NULL, transaction_date DATE "
    "NOT NULL, amount DOUBLE NOT NULL, quantity INT NOT NULL, product_category STRING NOT NULL)",
    "CREATE TABLE ml.bronze.customers (customer_id STRING NOT NULL, signup_date DATE NOT NULL, "
    "region STRING NOT NULL)",
    f"CREATE TABLE ml.features.customer_churn_features ({FEATURES_DDL})",
    "CREATE TABLE ml.labels.churn_labels (customer_id STRING NOT NULL, as_of_date DATE NOT NULL, "
    "churned INT NOT NULL)",
    f"CREATE TABLE ml.validation.holdout_churn ({FEATURES_DDL}, churned INT NOT NULL)",
]

SOURCES = {"transactions": "ml.bronze.transactions", "customers": "ml.bronze.customers"}
FEATURES = "ml.features.customer_churn_features"
LABELS = "ml.labels.churn_labels"
HOLDOUT = "ml.validation.holdout_churn"
