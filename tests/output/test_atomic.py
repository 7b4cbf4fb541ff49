"""The old file whole, or the new one whole, and nothing else."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from optviz.errors import OutputError
from optviz.output import atomic
from optviz.output.atomic import atomic_write, naming_path_in_errors
from optviz.output.paths import check_outputs


def test_a_new_file_appears_with_its_folder(tmp_path: Path) -> None:
    target = tmp_path / "new" / "deep" / "race.gif"
    with atomic_write(target) as temporary:
        assert temporary.parent == target.parent
        assert temporary.suffix == ".gif"
        assert temporary.name.startswith(".")
        temporary.write_bytes(b"whole")
        assert not target.exists()
    assert target.read_bytes() == b"whole"
    assert os.listdir(target.parent) == ["race.gif"]


def _fail_half_way(target: Path, error: BaseException) -> None:
    with atomic_write(target) as temporary:
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
        with atomic_write(tmp_path / "race.gif") as temporary:
            temporary.write_bytes(b"whole")
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    assert (tmp_path / "race.gif").stat().st_mode & 0o777 == 0o666 & ~umask


def test_two_at_once_do_not_meet(tmp_path: Path) -> None:
    target = tmp_path / "race.gif"
    with atomic_write(target) as first, atomic_write(target) as second:
        assert first != second
        first.write_bytes(b"first")
        second.write_bytes(b"second")
    assert target.read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["race.gif"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link.gif").symlink_to(tmp_path / "real.gif")
    with atomic_write(tmp_path / "link.gif") as temporary:
        temporary.write_bytes(b"whole")
    assert (tmp_path / "link.gif").is_symlink()
    assert (tmp_path / "real.gif").read_bytes() == b"whole"


def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match=r"cannot write .*race\.gif"), atomic_write(tmp_path / "file" / "race.gif"):
        pass


def test_a_folder_of_that_name_is_named(tmp_path: Path) -> None:
    (tmp_path / "race.gif").mkdir()
    with pytest.raises(OutputError, match=r"race\.gif: it is a folder"), atomic_write(tmp_path / "race.gif"):
        pass
    assert os.listdir(tmp_path) == ["race.gif"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_to_nowhere_makes_the_folder_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "link.gif").symlink_to(tmp_path / "new" / "real.gif")
    with atomic_write(tmp_path / "link.gif") as temporary:
        temporary.write_bytes(b"whole")
    assert (tmp_path / "new" / "real.gif").read_bytes() == b"whole"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_in_a_circle_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.gif").symlink_to(tmp_path / "a.gif")
    with pytest.raises(OutputError, match=r"a\.gif: Too many levels"), atomic_write(tmp_path / "a.gif"):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_replaced_file_keeps_its_mode_and_is_private_until_then(tmp_path: Path, mode: int) -> None:
    target = tmp_path / "race.gif"
    target.write_bytes(b"old")
    target.chmod(mode)
    with atomic_write(target) as temporary:
        assert temporary.stat().st_mode & 0o777 == 0o600
        temporary.write_bytes(b"whole")
    assert target.stat().st_mode & 0o7777 == mode


@pytest.mark.skipif(sys.platform == "win32", reason="owners of POSIX")
def test_a_replaced_file_keeps_its_owner_where_that_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, asked = tmp_path / "race.gif", []

    def chown(path: Path, user: int, group: int) -> None:
        asked.append((user, group))
        raise PermissionError(errno.EPERM, "not yours to give")

    target.write_bytes(b"old")
    monkeypatch.setattr(os, "chown", chown)
    with atomic_write(target) as temporary:
        temporary.write_bytes(b"new")
    assert asked == []  # it is ours
    stranger = os.stat_result((0o100640, 1, 1, 1, 4321, 8765, 3, 0, 0, 0))
    monkeypatch.setattr(atomic, "regular_file_at", lambda path: stranger)
    with atomic_write(target) as temporary:
        temporary.write_bytes(b"newer")
    assert asked == [(-1, 8765), (4321, -1)]
    assert target.read_bytes() == b"newer"
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files to others")
def test_root_gives_a_replaced_file_back_to_its_owner(tmp_path: Path) -> None:
    target = tmp_path / "race.gif"
    target.write_bytes(b"old")
    try:
        os.chown(target, 12, 34)
    except OSError:
        pytest.skip("there are no other users here")
    with atomic_write(target) as temporary:
        temporary.write_bytes(b"new")
    assert (target.stat().st_uid, target.stat().st_gid) == (12, 34)


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


def make_link_to_device(path: Path) -> None:
    path.symlink_to("/dev/null")


def make_link_to_folder(path: Path) -> None:
    path.symlink_to(path.parent)


@pytest.mark.skipif(sys.platform == "win32", reason="files of POSIX")
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Path.mkdir, "a folder"),
        (make_pipe, "a named pipe"),
        (make_socket, "a socket"),
        (make_link_to_device, "a device"),
        (make_link_to_folder, "a folder"),
    ],
)
def test_what_is_no_regular_file_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None], said: str
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's whole path may be too long
    target = tmp_path / "race.gif"
    make(target)
    before = os.stat(target)
    assert [str(issue) for issue in check_outputs([str(target)]).values()] == [f"cannot write {target}: it is {said}"]
    with pytest.raises(OutputError, match=f"it is {said}"), atomic_write(target):
        pass
    assert os.path.samestat(os.stat(target), before)
    assert os.listdir(tmp_path) == ["race.gif"]


@pytest.mark.skipif(sys.platform == "win32", reason="files of POSIX")
def test_a_pipe_that_appears_meanwhile_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "race.gif"
    with pytest.raises(OutputError, match="it is a named pipe"), atomic_write(target):
        os.mkfifo(target)
    assert target.is_fifo()
    assert os.listdir(tmp_path) == ["race.gif"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"), atomic_write(tmp_path / "race.gif"):
        pass


def test_the_file_systems_reason_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"cannot write a\.mp4: No space left on device"),
        naming_path_in_errors(Path("a.mp4")),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
