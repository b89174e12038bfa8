"""Files as a Databricks job sees them: volumes as a file system, cloud storage through dbutils."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlops.files import FileError, FileInfo, Files, is_cloud_path


class MountedFiles(Files):
    """`/Volumes` as it is mounted, and `dbutils.fs` for `abfss://`.

    Access to cloud storage is Unity Catalog's: the path lies in an external location that the
    job's identity may read (https://docs.databricks.com/aws/en/connect/unity-catalog).
    """

    def __init__(self, dbutils: Any) -> None:
        """Takes the job's dbutils."""
        self.dbutils = dbutils

    @staticmethod
    def connect() -> "MountedFiles":
        """Takes the dbutils that Databricks has made for the task."""
        from databricks.sdk.runtime import dbutils

        return MountedFiles(dbutils)

    def list(self, folder: str) -> Iterator[FileInfo]:
        """Yields the files below a folder."""
        if is_cloud_path(folder):
            yield from self._list_cloud(folder)
            return
        with _readable():
            entries = sorted(Path(folder).iterdir())
        for entry in entries:
            if entry.is_dir() and not entry.is_symlink():
                yield from self.list(str(entry))
            elif entry.is_file():
                found = entry.stat()
                yield FileInfo(str(entry), found.st_size, found.st_mtime_ns // 1_000_000)

    def exists(self, path: str) -> bool:
        """Looks at the mounted file system."""
        return Path(path).is_file()

    def read(self, path: str) -> bytes:
        """Reads a file of a volume."""
        with _readable():
            return Path(path).read_bytes()

    def write(self, path: str, content: bytes) -> None:
        """Writes a file of a volume: object storage shows it when it is closed, as a whole."""
        with _readable():
            target = Path(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    def copy(self, source: str, target: str) -> None:
        """Copies to a volume, without the bytes passing through this process from the cloud."""
        with _readable():
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            if is_cloud_path(source):
                self.dbutils.fs.cp(source, target)
            else:
                shutil.copyfile(source, target)

    def real_path(self, path: str) -> str:
        """Follows symbolic links, of the file and of the folders above it."""
        return os.path.realpath(path)

    def _list_cloud(self, folder: str) -> Iterator[FileInfo]:
        with _readable():
            entries = sorted(self.dbutils.fs.ls(folder), key=lambda one: str(one.path))
        for entry in entries:
            # dbutils marks folders by a slash at the end of their names.
            if str(entry.name).endswith("/"):
                yield from self._list_cloud(str(entry.path))
            else:
                yield FileInfo(str(entry.path), int(entry.size), int(entry.modificationTime))


@contextmanager
def _readable() -> Iterator[None]:
    """Turns a missing or forbidden file into a `FileError` of one line.

    dbutils raises what the JVM or Spark Connect said, in classes of their own: by name of the
    Java exception in the text.
    """
    try:
        yield
    except OSError as error:
        raise FileError(str(error)) from None
    except Exception as error:
        known = ("FileNotFoundException", "PERMISSION_DENIED", "AccessDenied", "UNAUTHORIZED")
        if any(word in str(error) for word in known):
            raise FileError(str(error).splitlines()[0]) from None
        raise
