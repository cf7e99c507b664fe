"""All files are written by `whole_files`."""

from __future__ import annotations

import ast

from tests.architecture.source import modules

ELSEWHERE = {
    "simulator.whole_files": "the helper itself",
    "simulator.whatif.results_file": "grows by whole lines while a sweep runs",
    "simulator.views.github_job": "GitHub's job summary grows",
    "simulator.cli.gallery_command": "copies a new folder, and removes it after an error",
    "simulator.cli.app": "opens /dev/null",
    "simulator.lab.bench": "packs a zip in memory",
    "simulator.lab.site": "packs a zip in memory",
    "simulator.cli.play_command": "opens the terminal",
    "simulator.userland.files.tarballs": "packs an archive in memory",
    "simulator.cli.kubectl.help": "writes into click's help page",
}
WRITERS = {"write_text", "write_bytes", "writestr", "copytree", "copyfile", "to_csv", "NamedTemporaryFile", "mkstemp"}


def _writes(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "open" and isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "os":
        return True
    if name == "open":
        modes = [arg.value for arg in (*call.args, *(word.value for word in call.keywords)) if isinstance(arg, ast.Constant)]
        return any(isinstance(mode, str) and set(mode) <= set("wax+bt") and set(mode) & set("wax+") for mode in modes)
    if name == "savefig":
        return not isinstance(call.args[0], ast.Name) or call.args[0].id in ("file", "path")
    return name in WRITERS


def test_no_writer_goes_around_the_helper() -> None:
    writers = {module.name for module in modules().values() for node in module.nodes if isinstance(node, ast.Call) and _writes(node)}
    assert writers == set(ELSEWHERE)
