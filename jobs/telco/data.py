"""The tables and columns of telco churn, and how a customer's contract becomes numbers.

    bronze.telco_customers                one customer, as the source has it
      customer_id       STRING NOT NULL   primary key; the source's row number, four digits
      churn             STRING NOT NULL   Yes: left within the last month; No: stayed
      female, senior_citizen, partner, dependents, phone_service, paperless_billing
                        INT    NOT NULL   1 or 0
      tenure            INT    NOT NULL   months with the company, 0 to 72
      multiple_lines, internet_service, online_security, online_backup, device_protection,
      tech_support, streaming_tv, streaming_movies, contract, payment_method
                        STRING NOT NULL   one of CATEGORIES
      monthly_charges   DOUBLE NOT NULL   US dollars
      total_charges     DOUBLE            US dollars; NULL in the first month, before any bill

    features.telco_churn_features         one customer
      customer_id       STRING NOT NULL   primary key
      ENCODINGS         INT or DOUBLE     what the model reads, all of it numbers

    labels.telco_churn_labels             one customer of the training part
      customer_id       STRING NOT NULL   primary key
      churned           INT    NOT NULL   1: left; 0: stayed

    validation.telco_churn_holdout        one customer of the part that training never sees
      all columns of features.telco_churn_features, then churned

    validation.telco_churn_recent         those of the holdout who came last
      the same columns

Whoever creates the tables declares these columns; a task that finds others says so and writes
nothing.
"""

from mlops.tables import quoted

KEY = "customer_id"
LABEL = "churned"

_EXTRA = ("No", "Yes", "No internet service")

CATEGORIES = {
    "churn": ("No", "Yes"),
    "multiple_lines": ("No", "Yes", "No phone service"),
    "internet_service": ("DSL", "Fiber optic", "No"),
    "online_security": _EXTRA,
    "online_backup": _EXTRA,
    "device_protection": _EXTRA,
    "tech_support": _EXTRA,
    "streaming_tv": _EXTRA,
    "streaming_movies": _EXTRA,
    "contract": ("Month-to-month", "One year", "Two year"),
    "payment_method": (
        "Bank transfer (automatic)",
        "Credit card (automatic)",
        "Electronic check",
        "Mailed check",
    ),
}
"""Every value that the encodings know, by column of `bronze.telco_customers`."""

_FLAGS = ("female", "senior_citizen", "partner", "dependents", "phone_service", "paperless_billing")

CUSTOMER_COLUMNS = [
    KEY,
    *_FLAGS,
    "tenure",
    "monthly_charges",
    "total_charges",
    *CATEGORIES,
]


def _is(column: str, value: str) -> str:
    return f"CAST({column} = '{value}' AS INT)"


ENCODINGS = {
    "tenure_months": "tenure",
    "contract_months": "CASE contract WHEN 'Month-to-month' THEN 1 WHEN 'One year' THEN 12 "
    "WHEN 'Two year' THEN 24 END",
    "monthly_charges": "monthly_charges",
    "total_charges": "total_charges",
    **{name: name for name in _FLAGS},
    "multiple_lines": _is("multiple_lines", "Yes"),
    "dsl": _is("internet_service", "DSL"),
    "fiber_optic": _is("internet_service", "Fiber optic"),
    "online_security": _is("online_security", "Yes"),
    "online_backup": _is("online_backup", "Yes"),
    "device_protection": _is("device_protection", "Yes"),
    "tech_support": _is("tech_support", "Yes"),
    "streaming_tv": _is("streaming_tv", "Yes"),
    "streaming_movies": _is("streaming_movies", "Yes"),
    "electronic_check": _is("payment_method", "Electronic check"),
    "mailed_check": _is("payment_method", "Mailed check"),
    "bank_transfer": _is("payment_method", "Bank transfer (automatic)"),
}
"""The features, each with the SQL that makes it from a row of `bronze.telco_customers`. A feature
that is 0 or 1 says whether; no internet service and a credit card are what is left when the others
are 0. The order is that of the model's signature."""

MODEL_INPUTS = list(ENCODINGS)


def features_query(customers: str) -> str:
    """Builds the query that yields `KEY` and `MODEL_INPUTS` for every customer."""
    encoded = ",\n  ".join(f"{sql} AS {quoted(name)}" for name, sql in ENCODINGS.items())
    return f"SELECT\n  {KEY},\n  {encoded}\nFROM {quoted(customers)}"
