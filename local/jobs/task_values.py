"""`dbutils.jobs.taskValues` for tasks: the SDK's own does nothing outside of Databricks.

Sources say `WorkspaceClient().dbutils.jobs.taskValues.set(key, value)`, there and here.
"""

import importlib.machinery
import importlib.util
import json
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

SIZE_LIMIT = 48 * 1024
MODULE = "databricks.sdk.dbutils"

Change = Callable[[ModuleType], None]


def install(earlier: dict[str, dict[str, str]]) -> dict[str, str]:
    """Makes the SDK's task values work, and gives the dictionary that collects what is set.

    Args:
        earlier: The values that this run's tasks have set, by task and key, as JSON.
    """
    collected: dict[str, str] = {}

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

    def change(module: ModuleType) -> None:
        util = module._JobsUtil._TaskValuesUtil
        util.set = set_value
        util.get = get_value

    if MODULE in sys.modules:
        change(sys.modules[MODULE])
    else:
        # Importing it here would cost seconds, and most tasks do without.
        sys.meta_path.insert(0, ChangeOnImport(change))
    return collected


class ChangeOnImport:
    """Finds the one module as usual, and changes it once it is imported."""

    def __init__(self, change: Change) -> None:
        """Takes what shall be done to the module."""
        self.change = change

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Answers for the one module only."""
        if name != MODULE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        usual = spec.loader.exec_module

        def execute(module: ModuleType) -> None:
            usual(module)
            self.change(module)

        spec.loader.exec_module = execute  # type: ignore[method-assign]
        return spec
