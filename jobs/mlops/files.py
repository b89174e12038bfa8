"""Files in Unity Catalog volumes, and in cloud storage where Databricks can reach it.

A task says *what* it wants of files; where it runs decides *how*: the file system that Databricks
mounts at `/Volumes`, or, anywhere else, the workspace's Files API. Nothing else in the tasks knows
the difference.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

from mlops.tables import on_databricks
from mlops.task import TaskError


class FileError(TaskError):
    """A file or folder that the workspace refused, in its own words."""


@dataclass(frozen=True)
class FileInfo:
    """A file as a listing shows it, without a look at its content."""

    path: str
    """The whole path."""
    size: int
    """Bytes."""
    modified: int
    """When it was last changed, milliseconds since 1970."""


class Files(ABC):
    """Lists, reads and writes files; a subclass says how they are reached."""

    @staticmethod
    def connect() -> "Files":
        """Connects from the process environment, as `Tables.connect` does.

        Raises:
            TaskError: When the environment does not say which workspace.
        """
        if on_databricks():
            from mlops.mounted_files import MountedFiles

            return MountedFiles.connect()
        from mlops.api_files import ApiFiles

        return ApiFiles.connect()

    @abstractmethod
    def list(self, folder: str) -> Iterable[FileInfo]:
        """Yields the files in a folder and below, in the order of their paths.

        Raises:
            FileError: When there is no such folder.
        """

    @abstractmethod
    def exists(self, path: str) -> bool:
        """Whether there is such a file."""

    @abstractmethod
    def read(self, path: str) -> bytes:
        """Returns a file's content."""

    @abstractmethod
    def write(self, path: str, content: bytes) -> None:
        """Writes a file, over an older one, with the folders it needs."""

    @abstractmethod
    def copy(self, source: str, target: str) -> None:
        """Copies a file, over an older one, with the folders it needs."""

    @abstractmethod
    def real_path(self, path: str) -> str:
        """Where a file of a volume really lies, symbolic links followed."""


def is_cloud_path(path: str) -> bool:
    """Whether a path names cloud storage, `abfss://…`, and not a volume."""
    return path.startswith("abfss://")
