"""Files come into the volume once, and again when they change."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from files_double import CloudDouble, FolderFiles
from iris.demo_source import deliver
from iris.ingestion import ingest
from mlops.api_files import ApiFiles
from mlops.files import FileError
from mlops.mounted_files import MountedFiles
from mlops.task import TaskError

SOURCE = "/Volumes/ml/bronze/landing/iris"
VOLUME = "/Volumes/ml/hp_iris_ml/hp_ml_vol/data"
CHECKPOINTS = "/Volumes/ml/hp_iris_ml/hp_ml_vol/checkpoints"


@pytest.fixture
def files(tmp_path: Path) -> FolderFiles:
    """Volumes with three files at the source."""
    made = FolderFiles(tmp_path)
    for name, content in {"a.csv": b"1", "b.csv": b"22", "deeper/c.csv": b"333"}.items():
        made.write(f"{SOURCE}/{name}", content)
    return made


def once(files: FolderFiles, **more: Any) -> list[str]:
    files.touched.clear()
    return ingest(files, **{"source": SOURCE, "volume": VOLUME, "checkpoint": CHECKPOINTS, **more})


def from_source(files: FolderFiles) -> list[str]:
    return [path for path in files.touched if path.startswith(SOURCE)]


def touch(files: FolderFiles, name: str, seconds: int) -> None:
    """Changes a source file's time, and nothing else of it."""
    path = files.local(f"{SOURCE}/{name}")
    now = Path(path).stat().st_mtime
    os.utime(path, (now + seconds, now + seconds))


def test_all_is_read_the_first_time_and_nothing_the_second(
    files: FolderFiles, capsys: pytest.CaptureFixture[str]
) -> None:
    assert once(files) == ["a.csv", "b.csv", "deeper/c.csv"]
    assert files.read(f"{VOLUME}/deeper/c.csv") == b"333"
    assert once(files) == []
    assert from_source(files) == []
    assert "3 files, 0 new, 0 changed, 3 read before" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"4444", b"2!"], ids=["another size", "same size, later"])
def test_changed_file_is_read_again_and_no_other(files: FolderFiles, content: bytes) -> None:
    once(files)
    files.write(f"{SOURCE}/b.csv", content)
    touch(files, "b.csv", 5)
    files.write(f"{SOURCE}/d.csv", b"new")
    assert once(files) == ["b.csv", "d.csv"]
    assert from_source(files) == [f"{SOURCE}/b.csv", f"{SOURCE}/d.csv"]
    assert files.read(f"{VOLUME}/b.csv") == content


def test_older_time_is_a_change_too(files: FolderFiles) -> None:
    once(files)
    touch(files, "a.csv", -3600)
    assert once(files) == ["a.csv"]


def test_crash_between_copy_and_checkpoint_copies_again_and_harms_nothing(
    files: FolderFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(path: str, content: bytes) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(files, "write", crash)
        once(files)
    assert files.read(f"{VOLUME}/a.csv") == b"1"
    assert once(files) == ["a.csv", "b.csv", "deeper/c.csv"]
    assert once(files) == []


def test_what_was_copied_before_a_failure_is_not_copied_again(
    files: FolderFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = files.copy

    def fail_at_b(source: str, target: str) -> None:
        if source.endswith("b.csv"):
            raise FileError("no permission to read b.csv")
        copy(source, target)

    with monkeypatch.context() as patch, pytest.raises(FileError):
        patch.setattr(files, "copy", fail_at_b)
        once(files)
    assert once(files) == ["b.csv", "deeper/c.csv"]


def test_another_target_has_a_checkpoint_of_its_own(files: FolderFiles) -> None:
    once(files)
    elsewhere = VOLUME.replace("/data", "/copy")
    assert len(once(files, volume=elsewhere)) == 3
    assert once(files) == [] == once(files, volume=elsewhere)


def test_markers_of_spark_stay_where_they_are(files: FolderFiles) -> None:
    for name in ("_SUCCESS", "_delta_log/1.json", ".hidden", "deeper/_committed_1"):
        files.write(f"{SOURCE}/{name}", b"")
    assert once(files) == ["a.csv", "b.csv", "deeper/c.csv"]


def test_damaged_checkpoint_is_named_and_nothing_copied(files: FolderFiles) -> None:
    once(files)
    (path,) = [info.path for info in files.list(CHECKPOINTS)]
    kept = json.loads(files.read(path))
    assert kept["files"]["b.csv"]["size"] == 2
    for damaged in (b"{", b"[]", json.dumps({**kept, "format": 2}).encode()):
        files.write(path, damaged)
        with pytest.raises(TaskError, match=rf"checkpoint {path} cannot be read .*; remove it"):
            once(files)
        assert from_source(files) == []


@pytest.mark.parametrize(
    "more",
    [
        {"volume": SOURCE},
        {"volume": f"{SOURCE}/copy"},
        {"volume": "/Volumes/ml/bronze/landing"},
        {"checkpoint": f"{SOURCE}/checkpoints"},
    ],
    ids=["the same", "below", "above", "checkpoint below"],
)
def test_folders_within_each_other_are_refused(files: FolderFiles, more: dict[str, str]) -> None:
    with pytest.raises(TaskError, match="lie in each other"):
        once(files, **more)


def test_source_that_is_not_there_is_named(files: FolderFiles) -> None:
    with pytest.raises(FileError, match="nowhere"):
        once(files, source="/Volumes/ml/bronze/landing/nowhere")


def test_cloud_storage_is_read_through_dbutils_on_databricks(tmp_path: Path) -> None:
    root = "abfss://raw@account.dfs.core.windows.net/iris"
    cloud = tmp_path / "cloud"
    (cloud / "2026").mkdir(parents=True)
    (cloud / "a.csv").write_bytes(b"1")
    (cloud / "2026" / "b.csv").write_bytes(b"22")
    files = MountedFiles(CloudDouble(root, cloud))
    places = {
        "source": root,
        "volume": str(tmp_path / "volume"),
        "checkpoint": str(tmp_path / "checkpoints"),
    }
    assert ingest(files, **places) == ["2026/b.csv", "a.csv"]
    assert (tmp_path / "volume" / "2026" / "b.csv").read_bytes() == b"22"
    assert ingest(files, **places) == []
    with pytest.raises(FileError, match=r"FileNotFoundException: abfss.*nowhere$"):
        ingest(files, **{**places, "source": f"{root}/nowhere"})


def test_cloud_storage_is_refused_elsewhere_in_one_line() -> None:
    client: Any = None
    with pytest.raises(FileError, match=r"^abfss://raw@.* can be read on Databricks only; .*$"):
        list(ApiFiles(client).list("abfss://raw@account.dfs.core.windows.net/iris"))


def test_demo_source_changes_nothing_that_is_there(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path)
    deliver(files, SOURCE, 0)
    assert once(files) == ["iris-1.csv", "iris-2.csv", "iris-3.csv"]
    deliver(files, SOURCE, 1.5)
    assert once(files) == ["iris-later.csv"]
