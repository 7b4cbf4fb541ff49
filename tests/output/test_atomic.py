"""The old file whole, or the new one whole, and nothing else."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from optviz.errors import OutputError
from optviz.output.atomic import blaming, replacing


def test_a_new_file_appears_with_its_folder(tmp_path: Path) -> None:
    target = tmp_path / "new" / "deep" / "race.gif"
    with replacing(target) as temporary:
        assert temporary.parent == target.parent
        assert temporary.suffix == ".gif"
        assert temporary.name.startswith(".")
        temporary.write_bytes(b"whole")
        assert not target.exists()
    assert target.read_bytes() == b"whole"
    assert os.listdir(target.parent) == ["race.gif"]


def _fail_half_way(target: Path, error: BaseException) -> None:
    with replacing(target) as temporary:
        temporary.write_bytes(b"half")
        raise error


@pytest.mark.parametrize("error", [RuntimeError("drawing"), KeyboardInterrupt(), OSError(errno.ENOSPC, "full")])
def test_any_end_but_a_good_one_leaves_the_old_file(tmp_path: Path, error: BaseException) -> None:
    target = tmp_path / "race.gif"
    target.write_bytes(b"old")
    with pytest.raises(type(error)):
        _fail_half_way(target, error)
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["race.gif"]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_the_mode_obeys_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        with replacing(tmp_path / "race.gif") as temporary:
            temporary.write_bytes(b"whole")
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    assert (tmp_path / "race.gif").stat().st_mode & 0o777 == 0o666 & ~umask


def test_two_at_once_do_not_meet(tmp_path: Path) -> None:
    target = tmp_path / "race.gif"
    with replacing(target) as first, replacing(target) as second:
        assert first != second
        first.write_bytes(b"first")
        second.write_bytes(b"second")
    assert target.read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["race.gif"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link.gif").symlink_to(tmp_path / "real.gif")
    with replacing(tmp_path / "link.gif") as temporary:
        temporary.write_bytes(b"whole")
    assert (tmp_path / "link.gif").is_symlink()
    assert (tmp_path / "real.gif").read_bytes() == b"whole"


def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match=r"cannot write .*race\.gif"), replacing(tmp_path / "file" / "race.gif"):
        pass


def test_a_folder_of_that_name_is_named(tmp_path: Path) -> None:
    (tmp_path / "race.gif").mkdir()
    with pytest.raises(OutputError, match=r"race\.gif: it is a folder"), replacing(tmp_path / "race.gif"):
        pass
    assert os.listdir(tmp_path) == ["race.gif"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"), replacing(tmp_path / "race.gif"):
        pass


def test_the_file_systems_reason_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot write a\.mp4: No space left on device"), blaming(Path("a.mp4")):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
