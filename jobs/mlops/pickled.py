"""Loads a pickled model from the one volume that is trusted with code.

Unpickling a file runs whatever it says (https://docs.python.org/3/library/pickle.html), with the
rights of the job. Whoever may start a run may set its parameters, so a path from a parameter must
not decide what runs: it is held against a volume that is no parameter but part of the job.

What this does not protect from:

- Who may write to the volume may run code as the job: give WRITE VOLUME to those who may change the
  job anyway. Nobody looks into the file, and between check and reading it may be exchanged.
- Who may change the job, or the sources of its tasks in the workspace, needs no pickle.
- Databricks still takes `python_params` when a run is started, which replace a task's whole command
  line, and so the volume too (https://docs.databricks.com/api/workspace/jobs/runnow). They are
  deprecated; where users who are not trusted may start runs, do not let the job's identity do more
  than they may.

The checks of the model afterwards find mistakes, not attacks: by then the file has run.
"""

import pickle
import re
import warnings
from typing import Any

from mlops.files import Files
from mlops.task import TaskError, say


def require_in_volume(path: str, volume: str) -> None:
    """Refuses a path that is not one of a `.pkl` file in the volume, by its text alone.

    Raises:
        TaskError: Naming the path and the volume.
    """
    below = path.removeprefix(volume.rstrip("/") + "/")
    parts = below.split("/")
    if below == path or not below.endswith(".pkl"):
        raise TaskError(
            f"pkl_path {path!r} is refused: unpickling runs code, and only .pkl files in {volume} "
            "are trusted with that"
        )
    if any(part in ("", ".", "..") or re.search(r"[\\\x00-\x1f]", part) for part in parts):
        raise TaskError(
            f"pkl_path {path!r} is refused: it must not have empty parts, '.', '..', backslashes "
            "or control characters"
        )


def load_classifier(files: Files, path: str, volume: str, features: list[str]) -> Any:
    """Unpickles a fitted scikit-learn classifier of these features.

    Raises:
        TaskError: When the path is refused, really lies elsewhere, or holds something else.
    """
    require_in_volume(path, volume)
    real, root = files.real_path(path), files.real_path(volume).rstrip("/")
    if not real.startswith(root + "/"):
        raise TaskError(f"pkl_path {path!r} is refused: it is a link that leads out of {volume}")
    content = files.read(real)
    say(f"unpickling {path} ({len(content):,} bytes)")
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            model = pickle.loads(content)
    except Exception as error:  # a pickle can raise anything
        raise TaskError(f"{path} cannot be unpickled: {type(error).__name__}: {error}") from None
    for message in {str(one.message).splitlines()[0] for one in told}:
        say(f"warning: {message}")
    _require_classifier(path, model, features)
    return model


def _require_classifier(path: str, model: Any, features: list[str]) -> None:
    from sklearn.base import BaseEstimator, is_classifier
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    kind = type(model).__name__
    if not isinstance(model, BaseEstimator) or not is_classifier(model):
        raise TaskError(f"{path} holds a {kind}, not a classifier of scikit-learn")
    try:
        check_is_fitted(model)
    except (NotFittedError, TypeError):
        raise TaskError(f"{path} holds a {kind} that is not fitted") from None
    names = [str(name) for name in getattr(model, "feature_names_in_", [])]
    if names and names != features:
        raise TaskError(
            f"{path} holds a {kind} of the features {', '.join(names)}; "
            f"expected are {', '.join(features)}"
        )
    count = getattr(model, "n_features_in_", None)
    if count != len(features):
        raise TaskError(f"{path} holds a {kind} of {count} features; expected are {len(features)}")
