"""What kubectl's looking commands share: options as kubectl's parser takes them, its complaints, both streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from simulator.cli.hints import hint
from simulator.kubectl.flags import FALSE, TRUE, not_a_duration

if TYPE_CHECKING:
    from simulator.kubectl.view import Printed, View


def go_duration(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A duration as kubectl takes it: with a unit. Raises BadParameter."""
    if value and not_a_duration(value):
        raise click.BadParameter(f"'{value}'", ctx, param)
    return value


class KubectlCommand(click.Command):
    """A command whose options may be written as kubectl's: `--flag=true`, `-o=wide`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Rewrite kubectl's spellings to click's, then parse."""
        flags = {name: option for option in self.params if isinstance(option, click.Option) and option.is_flag for name in option.opts}
        rewritten: list[str] = []
        for i, word in enumerate(args):
            name, equals, value = word.partition("=")
            if word == "--":
                rewritten += args[i:]
                break
            if equals and name in flags:
                if value not in (*TRUE, *FALSE):
                    shown = ", ".join(sorted(flags[name].opts, key=len))
                    wrong = f'invalid argument "{value}" for "{shown}" flag: strconv.ParseBool: parsing "{value}": invalid syntax'
                    click.echo(f"error: {wrong}\nSee 'kubectl {ctx.command_path.partition(' ')[2]} --help' for usage.", err=True)
                    ctx.exit(1)
                rewritten += [name] if value in TRUE else flags[name].secondary_opts[:1]
            elif equals and len(name) == 2 and name[0] == "-" and name != "--":
                rewritten += [name, value]
            else:
                rewritten.append(word)
        try:
            return super().parse_args(ctx, rewritten)
        except click.UsageError as error:
            click.echo(f"error: {pflag_words(error)}\nSee 'kubectl {ctx.command_path.partition(' ')[2]} --help' for usage.", err=True)
            if isinstance(error, click.NoSuchOption):
                hint(error.option_name, [option for param in self.params for option in param.opts if option.startswith("--")])
            ctx.exit(1)


def pflag_words(error: click.UsageError) -> str:
    """click's complaint about a command line, in the words of kubectl's parser."""
    if isinstance(error, click.NoSuchOption):
        name = error.option_name
        return f"unknown flag: {name}" if name.startswith("--") else f"unknown shorthand flag: '{name[1:2]}' in {name}"
    if isinstance(error, click.BadOptionUsage):
        name = error.option_name
        return f"flag needs an argument: {name}" if name.startswith("--") else f"flag needs an argument: '{name[1:]}' in {name}"
    if isinstance(error, click.BadParameter) and error.param is not None:
        options = [*sorted(error.param.opts, key=len)]
        value = error.message.partition("'")[2].partition("'")[0]
        why = not_a_duration(value) if error.param.callback is go_duration else f'strconv.ParseInt: parsing "{value}": invalid syntax'
        return f'invalid argument "{value}" for "{", ".join(options)}" flag: {why}'
    return error.format_message()


def show(printed: Printed) -> None:
    """Print on both streams, and end with its exit code."""
    click.echo(printed.out, nl=False)
    click.echo(printed.err, nl=False, err=True)
    click.get_current_context().exit(printed.code)


def last_typed(view: View) -> int | None:
    """When the last command was typed that continued the run; None: none was."""
    return max((fact.t for fact in view.snapshot.facts("action") if not fact.data.get("file")), default=None)
