"""Doubles of what the tests cannot run: the files of a workspace."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from mlops.files import FileInfo, Files
from mlops.mounted_files import MountedFiles


class FolderFiles(Files):
    """A double of a mounted workspace: a folder stands for `/Volumes`, all else is the real thing.

    Notes which files were read or copied from.
    """

    def __init__(self, folder: Path) -> None:
        """Starts with what is in the folder."""
        self.folder = folder
        self.mounted = MountedFiles(None)
        self.touched: list[str] = []

    def list(self, folder: str) -> Iterator[FileInfo]:
        """Lists a folder of a volume."""
        for info in self.mounted.list(self.local(folder)):
            yield replace(info, path=self._volume(info.path))

    def exists(self, path: str) -> bool:
        """Looks into the folder."""
        return self.mounted.exists(self.local(path))

    def read(self, path: str) -> bytes:
        """Reads a file and notes it."""
        self.touched.append(path)
        return self.mounted.read(self.local(path))

    def write(self, path: str, content: bytes) -> None:
        """Writes a file."""
        self.mounted.write(self.local(path), content)

    def copy(self, source: str, target: str) -> None:
        """Copies a file and notes where from."""
        self.touched.append(source)
        self.mounted.copy(self.local(source), self.local(target))

    def real_path(self, path: str) -> str:
        """Follows links; what lies outside of the folder keeps its own path."""
        return self._volume(self.mounted.real_path(self.local(path)))

    def local(self, path: str) -> str:
        """Says where a path of a volume lies on this machine."""
        assert path.startswith("/Volumes/"), path
        return str(self.folder.resolve() / path.removeprefix("/Volumes/"))

    def _volume(self, local: str) -> str:
        return local.replace(f"{self.folder.resolve()}/", "/Volumes/", 1)


class CloudDouble:
    """A double of dbutils whose `abfss://` is a folder."""

    def __init__(self, root: str, folder: Path) -> None:
        """Takes the path that stands for the folder."""
        self.root, self.folder = root, folder
        self.fs = SimpleNamespace(ls=self.ls, cp=self.cp)

    def ls(self, path: str) -> list[SimpleNamespace]:
        """Lists as dbutils does: one level, folders with a slash at the end."""
        local = self._local(path)
        if not local.is_dir():
            raise RuntimeError(f"java.io.FileNotFoundException: {path}\n\tat com.databricks…")
        return [
            SimpleNamespace(
                path=f"{path.rstrip('/')}/{entry.name}" + ("/" if entry.is_dir() else ""),
                name=entry.name + ("/" if entry.is_dir() else ""),
                size=entry.stat().st_size if entry.is_file() else 0,
                modificationTime=entry.stat().st_mtime_ns // 1_000_000,
            )
            for entry in local.iterdir()
        ]

    def cp(self, source: str, target: str) -> bool:
        """Copies from the cloud to a file system."""
        shutil.copyfile(self._local(source), target)
        return True

    def _local(self, path: str) -> Path:
        assert path.startswith(self.root), path
        return self.folder / path.removeprefix(self.root).strip("/")
