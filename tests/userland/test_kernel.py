"""sysctl: what was written is read back, the rest is as Linux has it."""

from __future__ import annotations

from tests.fake_container import sh


def test_settings_are_files_that_can_be_read_back() -> None:
    script = "sysctl -n vm.max_map_count; sysctl -w vm.max_map_count=262144; cat /proc/sys/vm/max_map_count; sysctl vm/max_map_count"
    assert sh(script).stdout == "65530\nvm.max_map_count = 262144\n262144\nvm.max_map_count = 262144\n"


def test_a_file_of_settings_is_loaded() -> None:
    container = sh("sysctl -q -p /etc/x.conf; sysctl -n net.core.somaxconn", files={"/etc/x.conf": "# more\nnet.core.somaxconn = 65535\n"})
    assert container.stdout == "65535\n"


def test_a_value_that_nobody_knows_is_named() -> None:
    container = sh("sysctl -n kernel.unheard_of")
    assert (container.stdout, container.world.notes) == ("0\n", [("sysctl", "kernel.unheard_of is assumed to be 0")])
