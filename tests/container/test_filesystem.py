"""The file system of a container: mounts, links, versions, and the errors that are values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.container.filesystem import FileSystem
from simulator.container.inodes import Node, Volume, standard_root
from simulator.process.effects import Stat
from simulator.process.errno import Errno


def write(files: FileSystem, path: str, text: str, mode: str = "w") -> Errno | None:
    node = files.open(path, mode)
    if isinstance(node, Errno):
        return node
    node.write(None, text)
    return None


def test_volumes_are_shared_between_containers() -> None:
    shared = Volume()
    one, two = FileSystem(standard_root()), FileSystem(standard_root())
    one.mount("/work-dir", shared)
    two.mount("/usr/share/nginx/html", shared, read_only=True)
    assert write(one, "/work-dir/index.html", "hello") is None
    assert two.read("/usr/share/nginx/html/index.html") == "hello"
    assert write(two, "/usr/share/nginx/html/index.html", "x") is Errno.EROFS
    assert two.remove("/usr/share/nginx/html/index.html") is Errno.EROFS
    assert one.list("/") == tuple(sorted({*FileSystem(standard_root()).list("/"), "work-dir"}))  # type: ignore[misc]


def test_a_sub_path_can_be_a_file_or_a_directory_of_the_volume() -> None:
    volume = Volume({"redis.conf": "port 1", "data/x": "y"})
    files = FileSystem()
    files.mount("/etc/redis/redis.conf", volume, sub_path="redis.conf")
    files.mount("/d", volume, sub_path="data")
    files.mount("/new", volume, sub_path="made/here")
    assert (files.read("/etc/redis/redis.conf"), files.read("/d/x"), files.list("/new")) == ("port 1", "y", ())
    assert files.list("/etc/redis") == ("redis.conf",)
    assert files.remove("/etc/redis/redis.conf") is Errno.EBUSY


def test_a_read_only_root_with_a_writable_volume() -> None:
    files = FileSystem(standard_root(), read_only=True)
    files.mount("/tmp", Volume())
    assert write(files, "/etc/x", "1") is Errno.EROFS
    assert files.make_dir("/srv/x") is Errno.EROFS
    assert write(files, "/tmp/x", "1") is None


def test_errors_are_values() -> None:
    files = FileSystem(Volume({"d/f": "1"}))
    assert files.read("/nope") is Errno.ENOENT
    assert files.read("/d") is Errno.EISDIR
    assert files.read("/d/f/x") is Errno.ENOTDIR
    assert files.list("/d/f") is Errno.ENOTDIR
    assert files.list("/x/y") is Errno.ENOENT
    assert files.make_dir("/d") is Errno.EEXIST
    assert files.make_dir("/x/y") is Errno.ENOENT
    assert files.remove("/d") is Errno.ENOTEMPTY
    assert files.remove("/nope") is Errno.ENOENT
    assert files.move("/d", "/d/below") is Errno.EINVAL
    assert str(Errno.ENOENT) == "No such file or directory"


def test_links_lead_on_and_loops_end() -> None:
    files = FileSystem(Volume({"a/f": "text"}))
    assert files.link("/l", "/a/f") is None
    assert files.link("/a/up", "../l") is None
    assert files.read("/a/up") == "text"
    stat = files.stat("/l", follow=False)
    assert isinstance(stat, Stat)
    assert (stat.kind, stat.target) == ("link", "/a/f")
    files.link("/x", "/y")
    files.link("/y", "/x")
    assert files.read("/x") is Errno.ELOOP
    files.link("/new", "/a/made")
    assert write(files, "/new", "through") is None
    assert files.read("/a/made") == "through"


def test_moving_keeps_the_file_and_not_across_volumes() -> None:
    files = FileSystem(Volume({"a/f": "1", "b/g": "2"}))
    files.mount("/v", Volume())
    node = files.open("/a/f", "r")
    assert files.move("/a/f", "/b/g") is None
    assert files.open("/b/g", "r") is node
    assert files.list("/a") == ()
    assert files.move("/b/g", "/v/g") is Errno.EXDEV


def test_a_version_changes_when_and_only_when_the_path_may_have_changed() -> None:
    shared = Volume()
    files = FileSystem(Volume({"etc/a": "1", "var/b": "2"}))
    files.mount("/var/shared", shared)
    paths = ("/etc/a", "/etc", "/var", "/var/shared/ready", "/")
    before = {p: files.version(p) for p in paths}
    shared.put("ready", "yes")
    after = {p: files.version(p) for p in paths}
    assert {p for p in paths if before[p] != after[p]} == {"/var", "/var/shared/ready", "/"}
    write(files, "/etc/a", "2")
    assert {p for p in paths if files.version(p) != after[p]} == {"/etc/a", "/etc", "/"}


def test_watchers_hear_of_changes_until_they_leave() -> None:
    files = FileSystem()
    heard: list[int] = []
    leave = files.watch("/some/where", lambda: heard.append(1))
    write(files, "/x", "1")
    count = len(heard)
    assert count >= 1
    leave()
    write(files, "/x", "2")
    assert len(heard) == count


def test_times_and_attributes() -> None:
    now = [5]
    files = FileSystem(Volume(clock=lambda: now[0]))
    write(files, "/f", "1")
    now[0] = 9
    files.set_attributes("/f", mode=0o600, uid=7)
    stat = files.stat("/f")
    assert isinstance(stat, Stat)
    assert (stat.mode, stat.uid, stat.mtime, stat.size) == (0o600, 7, 5, 1)


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 12)), st.text("abé\n", max_size=5)), max_size=12), st.integers(0, 20))
def test_a_file_is_what_was_written(writes: list[tuple[int | None, str]], offset: int) -> None:
    """Law: chunks are invisible. Model: one Python string."""
    node: Node = Volume().put("f", "")
    model = ""
    for at, text in writes:
        node.write(at, text)
        if text:
            start = len(model) if at is None else at
            model = model.ljust(start, "\0")
            model = model[:start] + text + model[start + len(text) :]
    assert (node.read(), node.read(offset), node.length, node.size) == (model, model[offset:], len(model), len(model.encode()))
