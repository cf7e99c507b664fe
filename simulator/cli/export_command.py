"""`podsim export`: a run for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import click

from simulator.cli.source import SourceOptions, snapshot_from, source_options
from simulator.cli.usage import command
from simulator.errors import UsageError
from simulator.journal.snapshot import Snapshot
from simulator.whole_files import write_whole

FORMATS = ("journal", "json", "csv", "perfetto", "otlp", "mermaid", "objects")


@command(short_help="Export a run: JSON, CSV, traces, spans, Mermaid, YAML files.")
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS))
@click.option("-o", "--output", default="-", metavar="FILE", help="File to write; for objects, a directory. Default: standard output.")
@click.option("--no-status", is_flag=True, help="Write objects as they would be applied: without status and server-set fields.")
@source_options()
def export(source: SourceOptions, form: str, output: str, no_status: bool) -> None:
    """Export a run for other programs.

    \b
    journal    JSON lines, every write with its time; --from reads it back
    json       the header and every object at that time
    csv        a row for each pull, start, gap, probe and period of readiness
    perfetto   Chrome's trace format: open it in ui.perfetto.dev
    otlp       OpenTelemetry spans, as OTLP JSON
    mermaid    a Gantt chart for Markdown
    objects    one YAML file for each object at that time

    \b
    Examples:
      podsim export perfetto -o run.trace.json
      podsim export csv -f app.yaml > run.csv
      podsim export mermaid -f scenarios/redis-late
      podsim export objects --at 40s -o fixtures/
    """
    snapshot = snapshot_from(source)
    namespace = source.namespace or None
    if form == "objects":
        _objects(snapshot, None if source.all_namespaces else namespace, output, status=not no_status)
        return
    _write(output, _text(form, snapshot, namespace))


def _text(form: str, snapshot: Snapshot, namespace: str | None) -> Iterable[str]:
    from simulator.views.export import tables, traces

    if form == "journal":
        from simulator.journal.journal import Journal
        from simulator.journal.lines import export as lines

        return lines(Journal(snapshot.header, snapshot.records()))
    if form == "json":
        from simulator.views.export.objects import document

        return [document(snapshot)]
    if form in ("csv", "mermaid"):
        return [{"csv": tables.as_csv, "mermaid": tables.gantt}[form](snapshot, namespace)]
    return [json.dumps({"perfetto": traces.perfetto, "otlp": traces.otlp}[form](snapshot, namespace), indent=1) + "\n"]


def _write(output: str, text: Iterable[str]) -> None:
    if output == "-":
        for part in text:
            click.echo(part, nl=False)
        return
    try:
        write_whole(output, text)
    except OSError as error:
        raise UsageError(f"-o {output}: {error.strerror or error}") from error


def _objects(snapshot: Snapshot, namespace: str | None, output: str, *, status: bool) -> None:
    from simulator.views.export.objects import fixtures

    files = fixtures(snapshot, namespace, status=status)
    if output == "-":
        click.echo("---\n".join(files.values()), nl=False)
        return
    try:
        for name, text in files.items():
            file = Path(output, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(file, text)
    except OSError as error:
        raise UsageError(f"-o {output}: {error.strerror or error}") from error
    click.echo(f"{len(files)} files in {output}")


COMMANDS: list[click.Command] = [export]
