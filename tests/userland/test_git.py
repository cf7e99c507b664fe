"""git: a clone makes its directory of unknown content, and needs its host."""

from __future__ import annotations

from tests.fake_container import World, sh


def test_a_clone_makes_its_directory() -> None:
    world = World()
    world.open("github.com", 443)
    container = sh("set -e; git clone --depth 1 -b main https://github.com/a/b.git; cd b; ls -A; git rev-parse HEAD; git pull", world=world)
    assert (container.main.status, container.stdout) == (0, ".git\n")
    assert [note[0] for note in world.notes] == ["git"]  # pull
    assert container.volume.directory("w/b").origin == "a clone of https://github.com/a/b.git"


def test_a_clone_over_ssh_asks_its_host() -> None:
    world = World()
    world.open("git.example.com", 22)
    assert sh("git clone git@git.example.com:a/b.git /tmp/x && ls -A /tmp/x", world=world).stdout == ".git\n"


def test_a_clone_fails_without_its_host_and_into_a_full_directory() -> None:
    assert sh("git clone https://nobody/a/b.git").main.status == 128
    full = sh("git clone https://nobody/a/b.git /data", files={"/data/x": ""})
    assert (full.main.status, full.stderr) == (128, "fatal: destination path '/data' already exists and is not an empty directory.\n")
