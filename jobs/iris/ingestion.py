"""Copies new and changed files from a source into a volume; what was read is not read again.

A checkpoint remembers each file's size and time of change. It is written after the copies: a run
that dies in between copies the same files again, over themselves. Nothing is ever taken away from
the volume because it went away at the source, and a file that somebody removed from the volume
stays away until it changes at the source, or the checkpoint is removed.

A file that changes without a new size and a new time is not seen; neither a listing of a volume nor
one of cloud storage tells more.
"""

import inspect
import sys
from pathlib import Path

# The folder jobs/. Databricks runs a task's file without defining __file__.
sys.path.insert(0, str(Path(inspect.getfile(lambda: None)).resolve().parents[1]))

from mlops.arguments import TaskParser, source_folder, volume_folder
from mlops.checkpoint import Checkpoint, Seen
from mlops.connect import connect_files
from mlops.files import FileInfo, Files
from mlops.task import TaskError, run, say


def ingest(files: Files, *, source: str, volume: str, checkpoint: str) -> list[str]:
    """Copies what is new, and returns the copied files' paths below the source.

    Raises:
        TaskError: When the folders lie in each other, when there is no such source, or when the
            checkpoint cannot be read. What was copied before a failure is remembered.
    """
    _require_apart(source, volume, "volume_path")
    _require_apart(source, checkpoint, "checkpoint_path")
    remembered = Checkpoint.load(files, checkpoint, source=source, target=volume)
    found = {_below(info.path, source): info for info in files.list(source)}
    wanted = {name: info for name, info in found.items() if not _is_marker(name)}
    fresh = [name for name, info in wanted.items() if remembered.get(name) != _seen(info)]
    changed = [name for name in fresh if remembered.get(name) is not None]
    copied: list[str] = []
    try:
        for name in fresh:
            files.copy(wanted[name].path, f"{volume}/{name}")
            remembered.add(name, _seen(wanted[name]))
            copied.append(name)
            say(f"{wanted[name].path} → {volume}/{name} ({wanted[name].size:,} bytes)")
    finally:
        if copied:
            remembered.save(files)
    say(
        f"{source}: {len(wanted)} files, {len(fresh) - len(changed)} new, {len(changed)} changed, "
        f"{len(wanted) - len(fresh)} read before"
    )
    return copied


def _seen(info: FileInfo) -> Seen:
    return Seen(size=info.size, modified=info.modified)


def _below(path: str, folder: str) -> str:
    name = path.removeprefix(folder.rstrip("/") + "/")
    if name == path or ".." in name.split("/"):
        raise TaskError(f"the listing of {folder} has {path}, which is not below it")
    return name


def _is_marker(name: str) -> bool:
    """Whether Spark would hide the file: `_SUCCESS`, `_committed_…`, unfinished `.part` files."""
    return any(part.startswith(("_", ".")) for part in name.split("/"))


def _require_apart(source: str, other: str, what: str) -> None:
    """A folder that is read must not be written to: each run would find its own files as new."""
    one, two = source.rstrip("/") + "/", other.rstrip("/") + "/"
    if one.startswith(two) or two.startswith(one):
        raise TaskError(f"source_path {source} and {what} {other} lie in each other")


def main() -> None:
    """Reads the arguments and ingests."""
    parser = TaskParser("Copies new and changed files from a source into a volume.")
    parser.add_argument(
        "--source-path",
        type=source_folder,
        required=True,
        help="folder to read: /Volumes/…, or abfss://… on Databricks",
    )
    parser.add_argument(
        "--volume-path", type=volume_folder, required=True, help="folder of a volume to write to"
    )
    parser.add_argument(
        "--checkpoint-path",
        type=volume_folder,
        required=True,
        help="folder of a volume that remembers what was read",
    )
    args = parser.parse_args()
    ingest(
        connect_files(),
        source=args.source_path,
        volume=args.volume_path,
        checkpoint=args.checkpoint_path,
    )


if __name__ == "__main__":
    run(main)
