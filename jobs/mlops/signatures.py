"""What a model takes and returns, noted on the run that made it.

MLflow 3 keeps the signature with the logged model and no longer in a tag of the run, so that who
judges a version would have to download the model to see it. A tag of the run is one call away.
"""

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema, TensorSpec

SIGNATURE_TAG = "mlops.signature"
"""The run's tag. What does not fit goes on in `mlops.signature.2` and so on, to be put together."""

_LONGEST = 5000
"""Bytes that every store of MLflow takes as a tag's value:
https://docs.databricks.com/api/workspace/experiments/settag"""


def signature_tags(signature: "ModelSignature | None") -> dict[str, str]:
    """Writes a signature as tags; none if the model has none.

    Their JSON is `{"inputs": [{"name", "type", "required"}, …], "outputs": […]}`. A column without
    a name has the empty one; a tensor's type is such as `tensor(float64, [-1, 28, 28])`.
    """
    if signature is None:
        return {}
    columns = {"inputs": _columns(signature.inputs), "outputs": _columns(signature.outputs)}
    # In ASCII, a character is a byte.
    written = json.dumps(columns, separators=(",", ":"))
    parts = [written[start : start + _LONGEST] for start in range(0, len(written), _LONGEST)]
    return {
        SIGNATURE_TAG if number == 1 else f"{SIGNATURE_TAG}.{number}": part
        for number, part in enumerate(parts, 1)
    }


def _columns(schema: "Schema | None") -> list[dict[str, Any]]:
    return [
        {"name": one.name or "", "type": _type(one), "required": bool(one.required)}
        for one in (schema or ())
    ]


def _type(column: "ColSpec | TensorSpec") -> str:
    described = column.to_dict()
    if described["type"] == "tensor":
        tensor = described["tensor-spec"]
        return f"tensor({tensor['dtype']}, {list(tensor['shape'])})"
    details = {name: it for name, it in described.items() if name not in ("name", "required")}
    return str(details["type"]) if len(details) == 1 else json.dumps(details, sort_keys=True)
