"""The churn classifier: what it is fitted to, and what it is tested on."""

from typing import TYPE_CHECKING

from churn.data import LABEL, MODEL_INPUTS
from mlops import boosting
from mlops.task import say

if TYPE_CHECKING:
    import pandas as pd
    from xgboost import XGBClassifier

TEST_SHARE = 0.2


def fit(
    rows: "pd.DataFrame", parameters: dict[str, float]
) -> tuple["XGBClassifier", dict[str, float]]:
    """Trains on four fifths of the rows; returns the model and its metrics on the last fifth."""
    from sklearn.model_selection import train_test_split

    training, test = train_test_split(rows, test_size=TEST_SHARE, random_state=boosting.SEED)
    say(f"training on {len(training):,} customers, testing on {len(test):,}: {parameters}")
    model = boosting.fit(training, MODEL_INPUTS, LABEL, parameters)
    return model, boosting.measure(model, test, LABEL)
