"""Which function runs which kind of command."""

from __future__ import annotations

from simulator.shell.interp import compound, lists
from simulator.shell.interp.shell import Runner
from simulator.shell.interp.simple import run_simple
from simulator.shell.syntax import nodes

RUNNERS: dict[type, Runner] = {
    nodes.Simple: run_simple,
    nodes.Pipeline: lists.run_pipeline,
    nodes.AndOr: lists.run_and_or,
    nodes.Background: lists.run_background,
    nodes.Script: lists.run_script,
    nodes.If: compound.run_if,
    nodes.While: compound.run_while,
    nodes.For: compound.run_for,
    nodes.Select: compound.run_select,
    nodes.CountingFor: compound.run_counting_for,
    nodes.Case: compound.run_case,
    nodes.Group: lists.run_group,
    nodes.Subshell: lists.run_subshell,
    nodes.Function: lists.run_function,
    nodes.ArithmeticCommand: compound.run_arithmetic,
    nodes.Condition: compound.run_condition,
    nodes.Redirected: lists.run_redirected,
}
