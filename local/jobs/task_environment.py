"""Whether the interpreter has what a task's environment asks for."""

import importlib.metadata
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement


def problem(dependencies: list[str], files: str) -> str | None:
    """Says which dependencies are not met, if any.

    Args:
        dependencies: Lines of a requirements file, as in a job environment's `dependencies`.
        files: The folder that stands for `/Workspace`.
    """
    unmet = [reason for line in lines(dependencies, files) if (reason := unmet_reason(line))]
    if not unmet:
        return None
    return (
        "Library installation failed: the local workspace runs tasks with one interpreter and "
        "installs nothing. " + "; ".join(unmet) + "."
    )


def lines(dependencies: list[str], files: str) -> Iterator[str]:
    """Yields the requirements, those of files named by `-r` too."""
    for dependency in dependencies:
        line = dependency.split(" #", 1)[0].strip()
        if line.startswith(("-r ", "--requirement ")):
            path = line.split(None, 1)[1]
            local = Path(files + path.removeprefix("/Workspace"))
            if not path.startswith("/Workspace/") or not local.is_file():
                yield f"!{path} is not a file below /Workspace"
                continue
            yield from lines(local.read_text(encoding="utf-8").splitlines(), files)
        elif line and not line.startswith("#"):
            yield line


def unmet_reason(line: str) -> str | None:
    """Says why a requirement is not met, or nothing."""
    if line.startswith("!"):
        return line[1:]
    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return f"'{line}' is not a requirement by name, which is all that can be checked"
    if requirement.url is not None:
        return f"'{line}' names a URL"
    if requirement.marker is not None and not requirement.marker.evaluate():
        return None
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return f"'{line}' is asked for and {requirement.name} is not installed"
    if requirement.specifier.contains(version, prereleases=True):
        return None
    return f"'{line}' is asked for and {requirement.name} {version} is installed"
