"""`podsim notebooks`: the notebooks that come with podsim."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from simulator.cli.paint import echo
from simulator.cli.usage import command
from simulator.errors import UsageError

PLACES = (Path(__file__).parent.parent / "notebooks", Path(__file__).parent.parent.parent / "notebooks")
"""Where the notebooks are: in an installed package, in a checkout."""
ANSWERS = "answers"


@command(short_help="Copy the notebooks, to run in JupyterLab.")
@click.argument("folder", metavar="FOLDER")
@click.option("--answers", is_flag=True, help="Also copy the answers, to FOLDER/answers.")
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
def notebooks(folder: str, *, answers: bool, force: bool) -> None:
    """Copy the notebooks to FOLDER. Each asks for a prediction before it shows a run.

    JupyterLab comes with the extra `notebook`: see docs/teaching.md.

    \b
    Examples:
      podsim notebooks lessons
      podsim notebooks lessons --answers --force    # start again, with the answers
    """
    from simulator.whole_files import write_whole

    home = next((place for place in PLACES if any(place.glob("*.ipynb"))), None)
    if home is None:
        raise UsageError("this installation of podsim has no notebooks")
    files, target = sorted(home.glob("*.ipynb")), Path(folder)
    chosen = [*files, *sorted((home / ANSWERS).glob("*.md"))] if answers else files
    copies = {target / file.relative_to(home): file for file in chosen}
    present = [copy for copy in copies if copy.exists()]
    if present and not force:
        raise UsageError(f"{present[0]} already exists: choose another FOLDER, or use --force")
    try:
        for copy, file in copies.items():
            copy.parent.mkdir(parents=True, exist_ok=True)
            write_whole(copy, file.read_bytes())
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror or error}") from error
    echo(f"{len(files)} notebooks in {folder}: jupyter lab {shlex.quote(folder)}")


COMMANDS: list[click.Command] = [notebooks]
