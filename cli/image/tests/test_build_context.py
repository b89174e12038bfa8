"""What the build context of an image holds, and when there is none. With a real MLflow."""

import json
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version as installed
from pathlib import Path

import build_context
import mlflow
import pandas as pd
import pytest
from build_context import ContextError, constraints, pinned, write_context
from mlflow.models import infer_signature
from mlflow.tracking import MlflowClient
from sklearn.dummy import DummyClassifier

MODEL = "ml.models.some_model"
PINNED = [f"{name}=={installed(name)}" for name in ("mlflow", "scikit-learn")]

Log = Callable[..., str]


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """Registers versions of a model in a registry of the test's own."""
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    mlflow.set_registry_uri(f"sqlite:///{tmp_path}/mlflow.db")
    client = MlflowClient()
    client.create_experiment("images", (tmp_path / "artifacts").as_uri())
    mlflow.set_experiment("images")
    rows = pd.DataFrame({"secret_of_a_customer": [1.0, 2.0]})
    model = DummyClassifier(strategy="constant", constant=1).fit(rows, [0, 1])

    def register(requirements: list[str] = PINNED, champion: bool = True) -> str:
        logged = mlflow.sklearn.log_model(
            model,
            name="model",
            signature=infer_signature(rows, model.predict(rows)),
            input_example=rows,
            pip_requirements=requirements,
            registered_model_name=MODEL,
            serialization_format="cloudpickle",
        )
        version = str(logged.registered_model_version)
        if champion:
            client.set_registered_model_alias(MODEL, "champion", version)
        return version

    return register


def test_context_is_the_champions(log: Log, tmp_path: Path) -> None:
    champion = log()
    log(champion=False)
    out = tmp_path / "deep" / "context"
    manifest = write_context(MODEL, out, None)
    assert manifest["version"] == champion
    assert manifest["tag"] == f"some-model:{champion}"
    assert json.loads((out / "image.json").read_text()) == manifest
    assert sorted(path.name for path in out.iterdir()) == [
        *("Dockerfile", "constraints.txt", "image.json", "model", "requirements.txt", "serve.py"),
    ]
    dockerfile = (out / "Dockerfile").read_text()
    assert (
        f"FROM python:{sys.version_info.major}.{sys.version_info.minor}-slim-bookworm" in dockerfile
    )
    assert f'org.opencontainers.image.version="{champion}"' in dockerfile
    assert "{" not in dockerfile, "every field is filled in"
    assert (out / "requirements.txt").read_text().splitlines() == PINNED
    examples = [path.name for path in out.rglob("*") if "example" in path.name]
    assert examples == [], "rows of the training data stay out"
    assert list(tmp_path.glob("deep/.*")) == [], "nothing else is left"


def test_another_version_replaces_an_earlier_context(log: Log, tmp_path: Path) -> None:
    log()
    other = log(champion=False)
    out = tmp_path / "context"
    write_context(MODEL, out, None)
    (out / "model" / "left over").touch()
    assert write_context(MODEL, out, other)["version"] == other
    assert not (out / "model" / "left over").exists()


def test_what_is_no_context_is_not_replaced(log: Log, tmp_path: Path) -> None:
    log()
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "notes.txt").write_text("keep")
    for out in (mine, mine / "notes.txt"):
        with pytest.raises(ContextError, match="exists and is no build context of a model"):
            write_context(MODEL, out, None)
    assert (mine / "notes.txt").read_text() == "keep"


def test_without_champion_or_version_there_is_none(log: Log, tmp_path: Path) -> None:
    log(champion=False)
    out = tmp_path / "context"
    with pytest.raises(ContextError, match=rf"{MODEL} has no image without its champion: "):
        write_context(MODEL, out, None)
    with pytest.raises(ContextError, match="has no image without version 7: "):
        write_context(MODEL, out, "7")
    assert not out.exists()


def test_model_that_pins_nothing_is_refused(log: Log, tmp_path: Path) -> None:
    log(["mlflow", *PINNED[1:]])
    out = tmp_path / "context"
    with pytest.raises(ContextError, match=r"the model does not pin mlflow: "):
        write_context(MODEL, out, None)
    assert not out.exists()


@pytest.mark.parametrize("line", ["numpy", "numpy>=2", "numpy==2.1,!=2.2", "numpy>2,<3"])
def test_requirement_names_one_version(line: str) -> None:
    assert pinned(["# a comment", "", "pandas==3.0.0"]) == ["pandas==3.0.0"]
    with pytest.raises(ContextError, match="does not pin"):
        pinned([line])


def test_what_the_requirements_bring_along_is_pinned() -> None:
    lines = constraints(PINNED)
    assert PINNED[1] in lines
    assert f"scipy=={installed('scipy')}" in lines, "scikit-learn brings it along"
    assert f"starlette=={installed('starlette')}" in lines, "so does the server"


def test_nothing_is_pinned_that_goes_with_other_versions() -> None:
    assert constraints([*PINNED, "numpy==1.0.0"]) == []
    assert constraints(["no-such-package==1.0"]) == []


def test_health_check_fails_while_nobody_answers() -> None:
    serve = Path(build_context.__file__).with_name("serve.py")
    ended = subprocess.run(
        [sys.executable, str(serve), "--check"], env={"PORT": "9"}, capture_output=True, timeout=30
    )
    assert ended.returncode != 0
