"""`podsim lab`: podsim in a browser tab."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.cli.paint import echo
from simulator.cli.usage import command
from simulator.errors import UsageError
from simulator.whole_files import write_whole

PORT = 8717


@command(short_help="Open podsim in a browser: editor, sliders, timeline, terminal.")
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="Port on 127.0.0.1; 0: any free one.")
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option("--build", metavar="DIR", help="Write the lab as static files for any web server, instead of serving it.")
def lab(paths: tuple[str, ...], port: int, no_open: bool, build: str | None) -> None:
    """Serve the lab on this computer and open it: change manifests and timings, and see what a cluster would do.

    PATH is a manifest, or a folder with manifests or a Scenario: the files that are open at first. They are not changed; `export` saves
    them. podsim runs inside the browser; after the first visit the page works without this server, and without a network.

    \b
    Examples:
      podsim lab                               # begin with the lesson
      podsim lab app.yaml                      # begin with a manifest
      podsim lab --build public                # static files, for example for GitHub Pages
    """
    from simulator.lab.opened import opened
    from simulator.lab.site import site

    files = site(opened(paths))
    if build is None:
        _serve(files, port, browse=not no_open)
        return
    size = 0
    try:
        for name, content in files.items():
            target = Path(build, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, content)
            size += len(content)
    except OSError as error:
        raise UsageError(f"--build {build}: {error.strerror}") from error
    echo(f"{build}: {len(files)} files, {size / 1e6:.1f} MB")


def _serve(files: dict[str, bytes], port: int, *, browse: bool) -> None:
    from simulator.lab.serve import HOST, server

    with server(files, port) as running:
        address = f"http://{HOST}:{running.server_address[1]}/"
        echo(f"{address} (Ctrl+C stops)")
        if browse:
            import webbrowser

            webbrowser.open(address)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            echo("stopped", err=True)


COMMANDS: list[click.Command] = [lab]
