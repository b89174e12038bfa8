"""Holds recorded answers of the workspace against the types that the Databricks SDK gives them.

`check_answers.py CALLS` reads the lines that `local/recordCalls.ts` writes, and prints a JSON object:
for each operation whose answers have a type, what is wrong with them, an empty list if nothing is.
"""

import importlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

SCALARS = (str, int, float, bool)

# MLflow's own interface, of which Databricks' is a part, knows more than the SDK's types:
# mlflow/protos/service.proto and model_registry.proto. Its client needs them.
KNOWN_TO_MLFLOW = {
    ".run.outputs",
    ".runs[].outputs",
    ".model_version.model_id",
    ".model_versions[].model_id",
    # Only for a client that has the workspace's URL as its plain tracking URI.
    ".experiment.workspace",
    ".experiments[].workspace",
}
# Protocol buffers write as text what JSON has no numbers for.
NOT_IN_JSON = ("NaN", "Infinity", "-Infinity")


@cache
def answer_type(name: str) -> Any:
    """Finds a class by its module and name, e.g. `catalog.CatalogInfo`."""
    module, _, cls = name.partition(".")
    return getattr(importlib.import_module(f"databricks.sdk.service.{module}"), cls)


def problems(name: str, answer: object) -> Iterator[str]:
    """Says what the SDK would lose or misread of an answer."""
    if not isinstance(answer, dict):
        yield f"is not an object: {answer!r}"
        return
    try:
        read = answer_type(name).from_dict(answer)
        back = read.as_dict()
    except (TypeError, ValueError, AttributeError) as error:
        yield f"cannot be read: {error}"
        return
    yield from lost(answer, back, "")
    yield from mistyped(read, "")


def lost(given: object, back: object, path: str) -> Iterator[str]:
    """Compares an answer with what the SDK writes after reading it: unknown fields and values go missing."""
    if isinstance(given, dict) and isinstance(back, dict):
        for key, value in given.items():
            at = f"{path}.{key}"
            if key in back:
                yield from lost(value, back[key], at)
            # The SDK does not write what is empty.
            elif value not in (None, [], {}) and anywhere(at) not in KNOWN_TO_MLFLOW:
                yield f"{at} is not a field, or has no value that it knows: {value!r}"
    elif isinstance(given, list) and isinstance(back, list):
        if len(given) != len(back):
            yield f"{path} has a value that it does not know: {given!r}"
        for index, (one, other) in enumerate(zip(given, back, strict=False)):
            yield from lost(one, other, f"{path}[{index}]")
    elif given is not None and str(given) != str(back) and not same_time(given, back):
        yield f"{path} is {given!r}, read as {back!r}"


def anywhere(path: str) -> str:
    """Gives a path without the positions in its lists."""
    return re.sub(r"\[\d+\]", "[]", path)


def same_time(given: object, back: object) -> bool:
    """Tells whether two texts are the same point in time, or duration, as protocol buffers write them."""
    if not isinstance(given, str) or not isinstance(back, str):
        return False
    for kind in (Timestamp, Duration):
        one, other = kind(), kind()
        try:
            one.FromJsonString(given)
            other.FromJsonString(back)
        except ValueError:
            continue
        return bool(one == other)
    return False


def mistyped(value: object, path: str) -> Iterator[str]:
    """Compares the values in a dataclass with the types of its fields."""
    hints = get_type_hints(type(value))
    for field in fields(value):  # type: ignore[arg-type]
        inner = getattr(value, field.name)
        yield from differs(inner, hints[field.name], f"{path}.{field.name}")


def differs(value: object, hint: Any, path: str) -> Iterator[str]:
    """Compares a value with a type."""
    origin = get_origin(hint)
    if value is None or hint is Any:
        return
    if origin in (Union, UnionType):
        (hint,) = [one for one in get_args(hint) if one is not type(None)]
        yield from differs(value, hint, path)
    elif is_dataclass(value):
        yield from mistyped(value, path)
    elif origin is list and isinstance(value, list):
        for index, one in enumerate(value):
            yield from differs(one, get_args(hint)[0], f"{path}[{index}]")
    elif origin is dict and isinstance(value, dict):
        for key, one in value.items():
            yield from differs(one, get_args(hint)[1], f"{path}.{key}")
    elif origin in (list, dict):
        yield f"{path} is {value!r}, not a {origin.__name__}"
    elif hint in SCALARS and not is_scalar(value, hint):
        yield f"{path} is {value!r}, not {hint.__name__}"


def is_scalar(value: object, hint: type) -> bool:
    """Tells whether JSON's value fits: whole numbers are numbers, truth is not."""
    if hint is float and value in NOT_IN_JSON:
        return True
    if hint in (int, float):
        allowed = (int, float) if hint is float else int
        return isinstance(value, allowed) and not isinstance(value, bool)
    return isinstance(value, hint)


def main(calls: str) -> None:
    """Prints what is wrong, by operation."""
    found: dict[str, dict[str, None]] = {}
    with open(calls) as lines:
        for line in lines:
            call = json.loads(line)
            if call["answers"] == "raw" or "answer" not in call:
                continue
            here = found.setdefault(call["operation"], {})
            here.update(dict.fromkeys(problems(call["answers"], call["answer"])))
    print(json.dumps({operation: list(wrong) for operation, wrong in found.items()}))


if __name__ == "__main__":
    main(sys.argv[1])
