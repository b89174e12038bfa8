"""Files in Unity Catalog volumes, and in cloud storage where Databricks can reach it.

A task says *what* it wants of files; where it runs decides *how*, in `mlops.connect`: the file
system that Databricks mounts at `/Volumes`, or, anywhere else, the workspace's Files API.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

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
