"""Feature lookup: labels with the features of their keys."""

from typing import TYPE_CHECKING, Any, cast

from mlops.spark_tables import SparkTables
from mlops.tables import Tables, quoted
from mlops.task import say

if TYPE_CHECKING:
    import pandas as pd


def look_up_features(
    tables: Tables,
    *,
    labels: str,
    label_columns: list[str],
    label: str,
    features: str,
    feature_columns: list[str],
    key: str,
) -> "pd.DataFrame":
    """Returns every row of `labels` with its features, ordered by `key`; missing ones are null.

    On Databricks, where the package `databricks-feature-engineering` is installed, its client does
    the lookup, so that Unity Catalog records which features the training read. Elsewhere it is the
    join that the client makes.
    """
    tables.require(labels, label_columns)
    tables.require(features, [key, *feature_columns])
    if isinstance(tables, SparkTables) and (client := _client()) is not None:
        say(f"looking up {len(feature_columns)} features in {features} (feature engineering)")
        frame = _by_client(tables, client, labels, label, features, feature_columns, key)
    else:
        say(f"looking up {len(feature_columns)} features in {features} (join)")
        frame = tables.query(
            f"SELECT {', '.join(f'l.{quoted(name)}' for name in label_columns)}, "
            f"{', '.join(f'f.{quoted(name)}' for name in feature_columns)} "
            f"FROM {quoted(labels)} AS l "
            f"LEFT JOIN {quoted(features)} AS f ON f.{quoted(key)} = l.{quoted(key)}"
        )
    wanted = frame[[*label_columns, *feature_columns]]
    return cast("pd.DataFrame", wanted.sort_values(key, ignore_index=True))


def _client() -> Any:
    try:
        from databricks.feature_engineering import FeatureEngineeringClient
    except ImportError:
        return None
    return FeatureEngineeringClient()


def _by_client(
    tables: SparkTables,
    client: Any,
    labels: str,
    label: str,
    features: str,
    feature_columns: list[str],
    key: str,
) -> Any:
    from databricks.feature_engineering import FeatureLookup

    training_set = client.create_training_set(
        df=tables.spark.table(labels),
        feature_lookups=[
            FeatureLookup(table_name=features, lookup_key=key, feature_names=feature_columns)
        ],
        label=label,
    )
    return training_set.load_df().toPandas()
