"""`dbutils.jobs.taskValues` for tasks: the SDK's own does nothing outside of Databricks.

Sources say `WorkspaceClient().dbutils.jobs.taskValues.set(key, value)`, there and here.
"""

import importlib
import importlib.util
import json
from typing import Any

SIZE_LIMIT = 48 * 1024


def install(earlier: dict[str, dict[str, str]]) -> dict[str, str]:
    """Makes the SDK's task values work, and gives the dictionary that collects what is set.

    Args:
        earlier: The values that this run's tasks have set, by task and key, as JSON.
    """
    collected: dict[str, str] = {}
    if importlib.util.find_spec("databricks") is None:
        return collected
    try:
        utilities = importlib.import_module("databricks.sdk.dbutils")
    except ModuleNotFoundError:
        return collected

    def set_value(_self: object, key: str, value: Any) -> None:
        """Sets a value that later tasks of the run can read; at most 48 KiB as JSON."""
        text = json.dumps(value)
        if len(text.encode()) > SIZE_LIMIT:
            raise ValueError(f"The task value {key!r} is larger than 48 KiB.")
        collected[key] = text

    def get_value(
        _self: object,
        taskKey: str,  # noqa: N803 - the names are Databricks'
        key: str,
        default: Any = None,
        debugValue: Any = None,  # noqa: N803
    ) -> Any:
        """Gives a value that an earlier task of the run has set."""
        text = earlier.get(taskKey, {}).get(key)
        if text is not None:
            return json.loads(text)
        if default is None:
            raise ValueError(f"Task {taskKey!r} has set no value {key!r}, and there is no default.")
        return default

    util = utilities._JobsUtil._TaskValuesUtil
    util.set = set_value
    util.get = get_value
    return collected
