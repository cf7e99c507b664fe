"""Files are written whole or not at all, and nothing is left behind."""

from __future__ import annotations

import errno
import os
import signal
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import whole_files
from simulator.whole_files import write_whole


def test_text_bytes_and_parts_of_both(tmp_path: Path) -> None:
    file = tmp_path / "a"
    for content, expected in (("é", "é".encode()), (b"\xff", b"\xff"), (["a", b"\n"], b"a\n")):
        write_whole(file, content)
        assert file.read_bytes() == expected
    assert list(tmp_path.iterdir()) == [file]


def _parts(error: BaseException) -> Iterator[bytes]:
    yield b"new"
    raise error


@pytest.fixture(params=["nameless", "named"])
def _drafts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts have no name until they are complete; some file systems have only files with names."""
    if request.param == "named":
        monkeypatch.setattr(whole_files, "_nameless", lambda *_: None)


@pytest.mark.usefixtures("_drafts")
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt(), ValueError()])
@pytest.mark.parametrize("old", [None, "old"])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: BaseException, old: str | None) -> None:
    file = tmp_path / "a"
    if old:
        file.write_text(old)
    with pytest.raises(type(error)):
        write_whole(file, _parts(error))
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == ([("a", "old")] if old else [])


@pytest.mark.usefixtures("_drafts")
def test_the_mode_of_the_old_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("")
    file.chmod(0o640)
    write_whole(file, "x")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    write_whole(file, "x", private=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    mask = os.umask(0o022)
    try:
        write_whole(tmp_path / "b", "x")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o644


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="no files without names")
def test_nothing_is_left_when_the_process_is_killed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    child = os.fork()
    if child == 0:
        write_whole(tmp_path / "a", (os.kill(os.getpid(), signal.SIGKILL) or b"" for _ in range(1)))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("a", "old")]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there/file")
    write_whole(tmp_path / "link", "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there" / "file").read_text() == "x"


def test_pipes_and_devices_are_written_as_they_are(tmp_path: Path) -> None:
    write_whole(os.devnull, "x")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=write_whole, args=(pipe, "x"))
    writer.start()
    assert pipe.read_text() == "x"
    writer.join()
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize(("place", "message"), [("missing/a", "No such file"), (".", "Is a directory")])
def test_an_error_names_the_file_that_the_user_named(tmp_path: Path, place: str, message: str) -> None:
    with pytest.raises(OSError, match=message) as error:
        write_whole(tmp_path / place, "x")
    assert error.value.filename == str(tmp_path / place)
