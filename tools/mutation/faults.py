"""The faults that are put into a module, one at a time: small changes of its syntax tree.

Texts, annotations, decorators, assertions and type variables stay as they are.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, NamedTuple

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
DROPPED = (ast.AugAssign, ast.Delete, ast.Raise, ast.Continue, ast.Break)


class Fault(NamedTuple):
    """One change. `function` is the outermost function or method that it is in, or the names that the statement around it assigns.

    `change` makes the change in the tree that the fault was found in.
    """

    module: str
    function: str
    inside: bool
    line: int
    operator: str
    before: str
    after: str
    nth: int
    change: Callable[[], None]

    @property
    def name(self) -> str:
        """What stays the same when the code around the fault changes: for drawing samples, and for finding the fault again."""
        parts = (self.module, self.function, self.operator, self.before, self.after, str(self.nth))
        return sha256("\n".join(parts).encode()).hexdigest()[:12]


def faults(module: str, tree: ast.Module) -> list[Fault]:
    """All faults of a module, in the order of its code."""
    found = _Finder(module)
    found.scope(tree, "")
    return found.faults


class _Finder:
    def __init__(self, module: str) -> None:
        self.module = module
        self.faults: list[Fault] = []
        self._seen: Counter[tuple[str, ...]] = Counter()
        self._function = ""
        self._inside = False

    # ---- where we are

    def scope(self, node: ast.AST, name: str) -> None:
        """The statements of a module, class or function."""
        for statement in getattr(node, "body", []):
            self._statement_of(statement, name)

    def _statement_of(self, node: ast.stmt, scope: str) -> None:
        if isinstance(node, ast.ClassDef):
            self.scope(node, f"{scope}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            self._function, self._inside = f"{scope}{node.name}", True
            self._visit(node)
            self._inside = False
        elif not self._is_outside(node):
            self._function = " ".join(sorted(_assigned(node))) or scope.rstrip(".")
            self._visit(node)

    def _is_outside(self, node: ast.stmt) -> bool:
        """Statements of a module or class that are no code of ours."""
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Expr) or "__all__" in _assigned(node):
            return True
        value = getattr(node, "value", None)
        if isinstance(value, ast.Subscript):  # a type alias
            return True
        return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "TypeVar"

    # ---- the walk

    def _visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.Assert | ast.Import | ast.ImportFrom) or _is_text(node):
            return
        self._faults_of(node)
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list", "format_spec"):
                continue
            children = value if isinstance(value, list) else [value]
            for index, child in enumerate(children):
                if isinstance(child, ast.AST) and not (index == 1 and field == "args" and _is_type_check(node)):
                    if isinstance(value, list):
                        self._items(node, field, value, index)
                    self._visit(child)

    def _items(self, node: ast.AST, field: str, items: list[ast.AST], index: int) -> None:
        """A statement, a condition or an element that may be left out."""
        item = items[index]
        if isinstance(item, ast.stmt) and _may_go(item):
            self._note("statement", item, ast.Pass(), lambda: items.__setitem__(index, ast.Pass()))
        elif isinstance(node, ast.comprehension) and field == "ifs":
            self._note("condition", item, ast.Constant(value=True), lambda: items.__setitem__(index, ast.Constant(value=True)))
        elif field in ("elts", "keys") and len(items) > 1 and _is_display(node):
            values = getattr(node, "values", None) if field == "keys" else None
            shorter = copy.deepcopy(node)
            _without(shorter, field, index)

            def leave_out() -> None:
                del items[index]
                if values is not None:
                    del values[index]

            self._note("element", node, shorter, leave_out)

    def _faults_of(self, node: ast.AST) -> None:
        for operator, change in _changes(node):
            changed = copy.deepcopy(node)
            change(changed)
            self._note(operator, node, changed, lambda change=change: change(node))

    def _note(self, operator: str, before: ast.AST, after: ast.AST, change: Callable[[], None]) -> None:
        texts = _text(before), _text(after)
        key = (self._function, operator, *texts)
        line = getattr(before, "lineno", 0)
        self.faults.append(Fault(self.module, self._function, self._inside, line, operator, *texts, self._seen[key], change))
        self._seen[key] += 1


# ---- what can be changed of one node


Change = tuple[str, Callable[[Any], None]]
"""What kind of fault it is, and what to do to the node."""


def _changes(node: ast.AST) -> Iterator[Change]:
    make = CHANGES.get(type(node))
    return iter(()) if make is None else make(node)


def _of_comparison(node: ast.Compare) -> Iterator[Change]:
    for index, operator in enumerate(node.ops):
        for other in COMPARISONS[type(operator)]:
            yield "comparison", lambda one, index=index, other=other: one.ops.__setitem__(index, other())


def _of_logic(node: ast.BoolOp) -> Iterator[Change]:
    other = ast.Or if isinstance(node.op, ast.And) else ast.And
    yield "logic", lambda one: setattr(one, "op", other())
    for index in range(len(node.values)):
        yield "operand", lambda one, index=index: _drop_operand(one, index)


def _of_arithmetic(node: ast.BinOp) -> Iterator[Change]:
    if type(node.op) in ARITHMETIC and not _is_type_union(node):
        yield "arithmetic", lambda one: setattr(one, "op", ARITHMETIC[type(one.op)]())


def _of_sign(node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield "sign", lambda one: setattr(one, "op", ast.UAdd() if isinstance(one.op, ast.USub) else _twice_not(one))


def _of_constant(node: ast.Constant) -> Iterator[Change]:
    if isinstance(node.value, bool):
        yield "constant", lambda one: setattr(one, "value", not one.value)
    elif isinstance(node.value, int):
        yield "constant", lambda one: setattr(one, "value", one.value + 1)
        yield "constant", lambda one: setattr(one, "value", one.value - 1)


def _of_branch(node: ast.If | ast.While | ast.IfExp) -> Iterator[Change]:
    if not isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp):
        yield "branch", lambda one: setattr(one, "test", ast.UnaryOp(op=ast.Not(), operand=one.test))


def _of_call(node: ast.Call) -> Iterator[Change]:
    if isinstance(node.func, ast.Name) and node.func.id in CALLS:
        yield "call", _other_call


def _of_slice(node: ast.Slice) -> Iterator[Change]:
    for field in ("lower", "upper"):
        if getattr(node, field) is not None:
            yield "slice", lambda one, field=field: setattr(one, field, None)


CHANGES: dict[type[ast.AST], Callable[[Any], Iterator[Change]]] = {
    ast.Compare: _of_comparison,
    ast.BoolOp: _of_logic,
    ast.BinOp: _of_arithmetic,
    ast.UnaryOp: _of_sign,
    ast.Constant: _of_constant,
    ast.If: _of_branch,
    ast.While: _of_branch,
    ast.IfExp: _of_branch,
    ast.Call: _of_call,
    ast.Slice: _of_slice,
}


def _other_call(node: ast.AST) -> None:
    assert isinstance(node, ast.Call), "one of CALLS"
    assert isinstance(node.func, ast.Name), "one of CALLS"
    node.func = ast.Name(id=CALLS[node.func.id], ctx=ast.Load())
    if node.func.id == "list":
        node.keywords = []


def _drop_operand(node: ast.AST, index: int) -> None:
    assert isinstance(node, ast.BoolOp), "of one"
    del node.values[index]
    if len(node.values) == 1:  # twice the same is what is left; with one alone it would be no code
        node.values *= 2


def _twice_not(node: ast.UnaryOp) -> ast.unaryop:
    node.operand = ast.UnaryOp(op=ast.Not(), operand=node.operand)
    return node.op


def _without(node: ast.AST, field: str, index: int) -> None:
    del getattr(node, field)[index]
    if field == "keys":
        del node.values[index]  # type: ignore[attr-defined]


def _may_go(node: ast.stmt) -> bool:
    if isinstance(node, DROPPED) or (isinstance(node, ast.Return) and node.value is None):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call)
    return isinstance(node, ast.Assign) and all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets)


def _is_display(node: ast.AST) -> bool:
    """A list, set or dict, or a tuple of constants, that a program would still run with when an element is missing."""
    if isinstance(node, ast.Tuple):
        return all(isinstance(item, ast.Constant) for item in node.elts)
    return isinstance(node, ast.List | ast.Set | ast.Dict) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def _is_type_check(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "issubclass", "cast")


def _is_type_union(node: ast.BinOp) -> bool:
    return isinstance(node.op, ast.BitOr) and all(isinstance(side, ast.Name) and side.id[0].isupper() for side in (node.left, node.right))


def _is_text(node: ast.AST) -> bool:
    """A docstring, or a text that says what a name is for."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _assigned(node: ast.stmt) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.If | ast.While):
        return f"{type(node).__name__.lower()} {ast.unparse(node.test)}"
    if isinstance(node, ast.BoolOp) and node.values[0] is node.values[-1]:
        return _text(node.values[0])
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node)))
