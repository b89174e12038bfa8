"""Writes the build context of a model's image: `build_context.py MODEL OUT [VERSION]`.

`OUT` gets a Dockerfile, the server, the model's files and its requirements, and `image.json`, which
says what is in it. Without a version it is the champion's: the one that the promotion gate let
through. Nothing is built, so no Docker is needed. Prints `image.json` as its last line.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

HERE = Path(__file__).resolve().parent

MANIFEST = "image.json"

LEFT_OUT = ("input_example.json", "serving_input_example.json", "conda.yaml", "python_env.yaml")
"""Files of a logged model that no image needs: rows of training data, other ways to install."""


class ContextError(Exception):
    """Something the user can put right; its message says what."""


def write_context(model: str, out: Path, version: str | None) -> dict[str, Any]:
    """Writes the context, all of it or nothing.

    An earlier context at `out` is replaced.

    Raises:
        ContextError: When there is no such version or no champion, when `out` holds anything else
            than a context, or when the model does not pin what it needs.
    """
    if out.exists() and not (out / MANIFEST).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise ContextError(f"{out} exists and is no build context of a model; choose another --out")
    found = resolve(model, version)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        staged = Path(folder) / "context"
        staged.mkdir()
        manifest = fill(staged, found)
        if out.exists():
            shutil.rmtree(out)
        staged.rename(out)
    return manifest


def resolve(model: str, version: str | None) -> "ModelVersion":
    """Finds the version, or the one that is now champion."""
    from mlflow.exceptions import MlflowException
    from mlflow.tracking import MlflowClient

    client = MlflowClient()
    try:
        if version is None:
            return client.get_model_version_by_alias(model, "champion")
        return client.get_model_version(model, version)
    except MlflowException as error:
        what = "its champion" if version is None else f"version {version}"
        reason = str(error).splitlines()[0]
        raise ContextError(f"{model} has no image without {what}: {reason}") from None


def fill(folder: Path, version: "ModelVersion") -> dict[str, Any]:
    """Writes all files of the context into an empty folder."""
    import yaml
    from mlflow.artifacts import download_artifacts

    model = folder / "model"
    download_artifacts(f"models:/{version.name}/{version.version}", dst_path=str(model))
    requirements = pinned((model / "requirements.txt").read_text().splitlines())
    python = yaml.safe_load((model / "MLmodel").read_text())["flavors"]["python_function"][
        "python_version"
    ]
    for name in LEFT_OUT:
        (model / name).unlink(missing_ok=True)
    manifest = {
        "model": version.name,
        "version": str(version.version),
        "run_id": version.run_id,
        "commit": version.tags.get("git_commit", ""),
        "python": ".".join(python.split(".")[:2]),
        "tag": f"{version.name.split('.')[-1].replace('_', '-')}:{version.version}",
    }
    (folder / "requirements.txt").write_text("\n".join(requirements) + "\n")
    (folder / "constraints.txt").write_text("\n".join(constraints(requirements)) + "\n")
    (folder / "Dockerfile").write_text((HERE / "Dockerfile").read_text().format(**manifest))
    shutil.copyfile(HERE / "serve.py", folder / "serve.py")
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    return manifest


def pinned(lines: Iterable[str]) -> list[str]:
    """Returns the model's requirements; `ContextError` unless each names one version."""
    requirements = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    loose = [
        line
        for line in requirements
        if [specifier.operator for specifier in Requirement(line).specifier] != ["=="]
    ]
    if loose:
        raise ContextError(
            f"the model does not pin {', '.join(loose)}: "
            "log it with pip_requirements=['name==version', ...]"
        )
    return requirements


def constraints(requirements: list[str]) -> list[str]:
    """Pins what the requirements bring along, as it is installed here.

    So two builds of a context are alike. Nothing is pinned if one of the requirements itself is
    installed in another version: what goes with that one is not known here.
    """
    versions: dict[str, str] = {}
    waiting = [Requirement(line) for line in requirements]
    while waiting:
        requirement = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        name = requirement.name.lower().replace("_", "-")
        if name in versions:
            continue
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            return []
        if not requirement.specifier.contains(versions[name], prereleases=True):
            return []
        waiting += [Requirement(line) for line in metadata.requires(name) or []]
    return [f"{name}=={version}" for name, version in sorted(versions.items())]


def main(model: str, out: str, version: str | None = None) -> int:
    """Writes the context, from the workspace that the environment names."""
    import mlflow

    mlflow.set_tracking_uri("databricks")
    mlflow.set_registry_uri("databricks-uc")
    try:
        manifest = write_context(model, Path(out).resolve(), version)
    except ContextError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(manifest))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
