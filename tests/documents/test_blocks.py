"""Every block of every document is checked: commands are run, and what they print is compared. `--update-golden` rewrites it.

- `console`: lines with `$ podsim ...`, and what they print. A line ends in `# exit code N` if that is not 0; `> FILE` writes a file.
- `python`, followed by `text`: a program and what it prints.
- `sh`: commands without what they print. podsim's are run, other programs' are looked at.
- `yaml`, `json`, `toml` are read; with `title="FILE"` they are also the files that later commands of the page use.
- `text`: what is no command.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import shutil
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from tests.cli.example_project import build
from tests.conftest import ROOT, Podsim
from tests.documents.pages import Block, blocks, pages, read, with_blocks

OWN_TESTS = {
    "docs/ci.md": "tests/ci/test_ci_page.py",
    "docs/commands.md": "tests/userland/test_registered.py",
    "docs/editors.md": "tests/editors/test_editors_page.py",
    "docs/serve.md": "tests/serve/test_serve_page.py",
    "docs/testing.md": "tests/public/test_testing_page.py",
    "docs/example-project/README.md": "tests/testing/test_example_project.py",
    "scenarios/*/README.md": "tests/cli/test_gallery.py",
}
"""Pages with commands that need more than this module has, and who runs them."""
TOOK = re.compile(r"\b\d\.\d\ds$")
EXIT_CODE = re.compile(r"# .*\bexit code (\d)$")
LANGUAGES = {"console", "python", "sh", "yaml", "json", "toml", "text"}
OTHER_PROGRAMS = {"git", "kubectl", "make", "pip", "pipx", "pre-commit", "pytest", "uvx"}
ELSEWHERE = {
    "podsim test": "needs tests: tests/testing",
    "podsim lab app.yaml": "serves until Ctrl+C: tests/lab",
    "podsim serve app.yaml": "serves until Ctrl+C: tests/serve",
}
"""Commands of the README's table that are run elsewhere."""
REPOSITORY = "git+https://github.com/podsim/podsim"


def has_own_test(page: str) -> bool:
    return any(Path(page).match(pattern) for pattern in OWN_TESTS)


def with_commands(*languages: str) -> list[str]:
    """The pages with a block of one of the languages which have no test of their own."""
    return [page for page in pages() if not has_own_test(page) and any(block.language in languages for block in blocks(read(page)))]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like the project's to a reader who types what a page says."""
    place = tmp_path / "project"
    place.mkdir()
    for name in ("scenarios", "docs"):
        (place / name).symlink_to(ROOT / name)
    monkeypatch.chdir(place)
    return place


# ---- what is shown with what it prints


@pytest.mark.parametrize("page", with_commands("console", "python"))
@pytest.mark.usefixtures("project")
def test_it_prints_what_the_page_shows(page: str, podsim: Podsim, request: pytest.FixtureRequest) -> None:
    text = read(page)
    names: dict[str, object] = {}
    printed: str | None = None

    def run(block: Block) -> str:
        nonlocal printed
        shown, printed = printed, None
        if block.title:
            Path(block.title).parent.mkdir(exist_ok=True)
            Path(block.title).write_text(block.text, encoding="utf-8")
        if block.language == "console":
            return typed(podsim, block.text)
        if block.language == "python":
            printed = executed(block.text, names)
        return shown if shown and block.language == "text" else block.text

    renewed = with_blocks(text, run)
    if request.config.getoption("--update-golden"):
        (ROOT / page).write_text(renewed, encoding="utf-8")
    else:
        assert text == renewed


def typed(podsim: Podsim, text: str) -> str:
    """The block, with what its commands print now."""
    lines = []
    for line in text.splitlines():
        if line.startswith("$ "):
            lines += [line, *type_line(podsim, line.removeprefix("$ "))]
    return "".join(f"{line}\n" for line in lines)


def type_line(podsim: Podsim, line: str) -> list[str]:
    """What a command line of podsim prints."""
    words = shlex.split(line, comments=True)
    assert words[0] == "podsim", f"not a command of podsim: {line}"
    words, _, file = _partition(words, ">")
    result = podsim(*words[1:])
    expected = EXIT_CODE.search(line)
    assert result.code == (int(expected[1]) if expected else 0), f"{line}\n{result.out}{result.err}"
    if file:
        Path(file[0]).write_text(result.out, encoding="utf-8")
        return result.err.splitlines()
    # How long something really took is different each time.
    return [TOOK.sub("0.12s", line) for line in (result.err + result.out).splitlines()]


def _partition(words: list[str], at: str) -> tuple[list[str], bool, list[str]]:
    place = words.index(at) if at in words else len(words)
    return words[:place], at in words, words[place + 1 :]


def executed(code: str, names: dict[str, object]) -> str:
    """What a program prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "page", "exec"), names)
    return out.getvalue()


# ---- what is to be typed


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("examples")
    build(place)
    (place / "docs").symlink_to(ROOT / "docs")
    return place


@pytest.fixture
def reader(examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A reader's folder, with the files that pages name and a last run."""
    place = tmp_path / "reader"
    shutil.copytree(examples, place, symlinks=True)
    monkeypatch.chdir(place)
    monkeypatch.setenv("PODSIM_LAST_RUN", str(place / "last-run.journal"))
    return place


@pytest.mark.parametrize("page", with_commands("sh"))
@pytest.mark.usefixtures("reader")
def test_commands_work(page: str, podsim: Podsim) -> None:
    for block in blocks(read(page)):
        if block.language == "sh":
            for line in block.text.splitlines():
                type_or_look(line, podsim)


def type_or_look(line: str, podsim: Podsim) -> None:
    line = re.sub(r'^eval "\$\((.*)\)"$', r"\1", line)
    if assigned := re.match(r"([A-Z_]+)=(\S+) (?=podsim)", line):
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv(assigned[1], assigned[2])
            type_or_look(line[assigned.end() :], podsim)
        return
    program, *words = shlex.split(line, comments=True) or [""]
    if program == "podsim":
        type_line(podsim, line)
    elif program == "make":
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        assert {word for word in words if "=" not in word} <= targets, line
    else:
        assert program in {"", *OTHER_PROGRAMS}, line


@pytest.mark.usefixtures("reader")
def test_the_commands_of_the_table_in_the_readme_work(podsim: Podsim) -> None:
    table = read("README.md").partition("\n## I want to")[2].partition("\n## ")[0]
    rows = [row.split(" | ")[1] for row in table.splitlines() if row.startswith("| ")][1:]
    commands = [command for row in rows for command in re.findall(r"`(podsim [^`]+)`", row)]
    assert len(rows) >= 12
    for command in commands:
        if command not in ELSEWHERE:
            type_line(podsim, command)


# ---- everything else


def test_every_block_has_a_language_that_is_checked() -> None:
    odd = {
        f"{page}:{block.line}": block.language
        for page in pages()
        if not has_own_test(page)
        for block in blocks(read(page))
        if block.language not in LANGUAGES
    }
    assert odd == {}


def test_data_can_be_read() -> None:
    readers = {"yaml": lambda text: list(yaml.safe_load_all(text)), "json": json.loads, "toml": tomllib.loads}
    for page in pages():
        for block in blocks(read(page)):
            if block.language in readers:
                assert readers[block.language](block.text), f"{page}:{block.line}"


def test_text_is_no_command() -> None:
    for page in pages():
        for block in blocks(read(page)):
            if block.language == "text" and not has_own_test(page):
                assert not re.search(r"^(\$ |podsim |pip |make )", block.text, re.MULTILINE), f"{page}:{block.line}: console or sh"


def test_programs_of_python_print_or_have_a_test_of_their_own() -> None:
    for page in pages():
        languages = [block.language for block in blocks(read(page))]
        for language, after in pairwise([*languages, ""]):
            assert language != "python" or after == "text" or has_own_test(page), page


def test_own_tests_exist_and_name_their_page() -> None:
    for pattern, test in OWN_TESTS.items():
        assert list(ROOT.glob(pattern)), pattern
        source = (ROOT / test).read_text(encoding="utf-8")
        assert all(part in source for part in Path(pattern).parts[-1:]) or "readme" in source, test


def test_only_the_readme_says_where_to_install_podsim_from() -> None:
    """podsim is on no package index: its name there would be somebody else's. Templates of CI jobs name the repository, too."""
    install = re.compile(r"(?:pip|pipx|uvx|uv)3? (?:install|run|add|--from)[^`\n]*")
    own = re.compile(r"docs/[\w-]+|--(?:from|spec) \. podsim")
    for page in pages():
        templates = "".join(block.text for block in blocks(read(page)) if block.language == "yaml")
        for line in install.findall(read(page)):
            known = page == "README.md" or line in templates
            assert "podsim" not in own.sub("", line.replace(REPOSITORY, "") if known else line), f"{page}: {line}"
    assert read("README.md").count(REPOSITORY) == 1
    for template in (ROOT / "docs").rglob("*.y*ml"):
        for line in install.findall(template.read_text(encoding="utf-8")):
            assert "podsim" not in line.replace(REPOSITORY, ""), f"{template}: {line}"


def test_the_readme_fits_on_a_screen_and_has_todays_figures() -> None:
    text = read("README.md")
    assert len(text.splitlines()) < 150
    for page in ("docs/fidelity.md", "docs/controllers.md"):
        figure = re.search(r"\*\*(\d+ of \d+)(?: recordings)? agree\*\*", read(page))
        assert figure is not None
        assert f"**{figure[1]}**" in text, page
