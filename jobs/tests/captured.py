"""A served model's payload table as Databricks makes it, its predictions and its labels."""

import json
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pyarrow as pa

from churn.data import MODEL_INPUTS
from mlops.tables import Tables
from monitoring.labels import Labels
from monitoring.unpack_predictions import unpack
from monitoring.unpacked import Unpacked

PAYLOAD = "ml.inference_logs.customer_churn_model_payload"
PREDICTIONS = "ml.inference_logs.customer_churn_model_predictions"
LABELS = Labels("actual_label", "ml.labels.churn_labels", "churned", "customer_id")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)

# As Databricks makes it.
PAYLOAD_DDL = f"""CREATE TABLE {PAYLOAD} (
  databricks_request_id STRING, request_date DATE, client_request_id STRING,
  request_time TIMESTAMP, status_code INT, sampling_fraction DOUBLE, execution_duration_ms BIGINT,
  request STRING, response STRING, logging_error_codes ARRAY<STRING>, served_entity_id STRING,
  requester STRING)"""
PREDICTIONS_DDL = f"""CREATE TABLE {PREDICTIONS} (
  request_id STRING NOT NULL, row_number INT NOT NULL, timestamp TIMESTAMP NOT NULL,
  model_version STRING, record_key STRING, total_transactions BIGINT, total_spend DOUBLE,
  avg_transaction_amount DOUBLE, unique_categories BIGINT, spend_volatility DOUBLE,
  days_since_signup INT, days_since_last_transaction INT, prediction INT, actual_label INT)"""
LABELS_DDL = f"CREATE TABLE {LABELS.table} (customer_id STRING, as_of_date DATE, churned INT)"

# Every value of its own, so that a mix-up of columns shows.
ROW = {name: float(number) for number, name in enumerate(MODEL_INPUTS, 1)}


def capture(tables: Tables, *requests: dict[str, Any]) -> None:
    rows = []
    for request in requests:
        body = request.get("request", {"dataframe_records": [ROW]})
        answer = request.get("response", {"predictions": [1]})
        rows.append(
            {
                "databricks_request_id": request["id"],
                "request_date": NOON.date(),
                "client_request_id": request.get("client_id"),
                "request_time": request.get("time", NOON),
                "status_code": request.get("status", 200),
                "sampling_fraction": 1.0,
                "execution_duration_ms": request.get("ms", 7),
                "request": body if isinstance(body, str | None) else json.dumps(body),
                "response": answer if isinstance(answer, str | None) else json.dumps(answer),
                "logging_error_codes": [],
                "served_entity_id": request.get("entity", "customer_churn_model-3"),
                "requester": None,
            }
        )
    texts = ["client_request_id", "request", "response", "served_entity_id", "requester"]
    # Types for columns that may be NULL or empty throughout.
    dtypes: dict[str, Any] = dict.fromkeys(texts, "string")
    dtypes["logging_error_codes"] = pd.ArrowDtype(pa.list_(pa.string()))
    tables.append(PAYLOAD, pd.DataFrame(rows).astype(dtypes))


def run_task(tables: Tables) -> Unpacked:
    return unpack(tables, payload=PAYLOAD, table=PREDICTIONS, features=MODEL_INPUTS, labels=LABELS)


def label(tables: Tables, *rows: tuple[str, int | None]) -> None:
    frame = pd.DataFrame(rows, columns=["customer_id", "churned"])
    tables.overwrite(
        LABELS.table, frame.assign(as_of_date=NOON.date()).astype({"churned": "Int32"})
    )


def stored(tables: Tables) -> pd.DataFrame:
    return tables.query(f"SELECT * FROM {PREDICTIONS} ORDER BY request_id, row_number")


def column(tables: Tables, name: str) -> list[object]:
    return [None if pd.isna(value) else value for value in stored(tables)[name]]
