"""What an ingestion has read already, kept as a JSON file in a volume."""

import hashlib
import json
from dataclasses import asdict, dataclass

from mlops.files import Files
from mlops.task import TaskError

_FORMAT = 1


@dataclass(frozen=True)
class Seen:
    """What was known of a file when it was read."""

    size: int
    """Bytes."""
    modified: int
    """When it had last been changed, milliseconds since 1970."""


class Checkpoint:
    """The files that were copied from one source to one target; other pairs have their own."""

    def __init__(self, path: str, about: dict[str, str], seen: dict[str, Seen]) -> None:
        """Takes the file's path, what it is about, and what it remembers."""
        self.path = path
        self.about = about
        self._seen = seen

    @staticmethod
    def load(files: Files, folder: str, *, source: str, target: str) -> "Checkpoint":
        """Reads the checkpoint of this source and target; without one, nothing was read.

        Raises:
            TaskError: When it cannot be understood: starting over by itself would hide that.
        """
        about = {"source_path": source, "volume_path": target}
        digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:16]
        path = f"{folder}/ingestion-{digest}.json"
        if not files.exists(path):
            return Checkpoint(path, about, {})
        try:
            kept = json.loads(files.read(path))
            if kept["format"] != _FORMAT:
                raise ValueError(f"its format is {kept['format']}, not {_FORMAT}")
            seen = {name: Seen(**values) for name, values in kept["files"].items()}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise TaskError(
                f"the checkpoint {path} cannot be read ({error}); remove it to read all files again"
            ) from None
        return Checkpoint(path, about, seen)

    def get(self, name: str) -> Seen | None:
        """Returns what was known of a file when it was read; None if it never was."""
        return self._seen.get(name)

    def add(self, name: str, seen: Seen) -> None:
        """Remembers that a file was read."""
        self._seen[name] = seen

    def save(self, files: Files) -> None:
        """Writes the checkpoint as a whole."""
        kept = {
            "format": _FORMAT,
            **self.about,
            "files": {name: asdict(seen) for name, seen in sorted(self._seen.items())},
        }
        files.write(self.path, json.dumps(kept, indent=1).encode())
