"""Files of volumes through a workspace's public REST interface, from wherever the process runs."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlops.files import FileError, FileInfo, Files, is_cloud_path
from mlops.workspace import readable, sign_in

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class ApiFiles(Files):
    """The Files API: https://docs.databricks.com/api/workspace/files."""

    def __init__(self, client: "WorkspaceClient") -> None:
        """Takes a signed-in client."""
        self.client = client

    @staticmethod
    def connect() -> "ApiFiles":
        """Signs in from the environment."""
        return ApiFiles(sign_in())

    def list(self, folder: str) -> Iterator[FileInfo]:
        """Yields the files below a folder, page by page."""
        _only_volumes(folder)
        with readable(FileError):
            entries = sorted(
                self.client.files.list_directory_contents(folder), key=lambda one: one.path or ""
            )
        for entry in entries:
            path = entry.path or ""
            if entry.is_directory:
                yield from self.list(path)
            else:
                yield FileInfo(path, entry.file_size or 0, entry.last_modified or 0)

    def exists(self, path: str) -> bool:
        """Asks for the file's metadata."""
        from databricks.sdk.errors import NotFound

        with readable(FileError):
            try:
                self.client.files.get_metadata(path)
            except NotFound:
                return False
        return True

    def read(self, path: str) -> bytes:
        """Downloads a file."""
        _only_volumes(path)
        with readable(FileError):
            contents = self.client.files.download(path).contents
            if contents is None:
                raise FileError(f"the workspace sent no content of {path}")
            with contents:
                return contents.read()

    def write(self, path: str, content: bytes) -> None:
        """Uploads a file; it is there as a whole or not at all."""
        with readable(FileError):
            self.client.files.create_directory(path.rpartition("/")[0])
            self.client.files.upload(path, io.BytesIO(content), overwrite=True)

    def copy(self, source: str, target: str) -> None:
        """Downloads and uploads: the Files API has no copy."""
        self.write(target, self.read(source))

    def real_path(self, path: str) -> str:
        """The path itself: the service resolves links, and refuses those that leave the volume."""
        return path


def _only_volumes(path: str) -> None:
    if is_cloud_path(path):
        raise FileError(
            f"{path} can be read on Databricks only; elsewhere give a folder of a volume, "
            "/Volumes/<catalog>/<schema>/<volume>"
        )
