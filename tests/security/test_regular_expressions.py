"""Every regular expression of the package runs in linear time, as it is used, on hostile texts.

The engine of Python backtracks. The expressions are found in the sources, so that new ones are tested without a list.
"""

from __future__ import annotations

import ast
import re
import time
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from voxosync.definitions import syntax_errors
from voxosync.model import phone

PACKAGE = Path(__file__).parents[2] / "voxosync"
METHODS = {"match", "fullmatch", "search", "sub", "split", "findall", "finditer"}
MENTIONS = re.compile(rf"\.(?:compile|{'|'.join(sorted(METHODS))})\b")
LENGTH = 8_000
SECONDS = 0.2
"""Processor time: a linear expression takes a few milliseconds, a quadratic one about half a second."""

RUNS = (
    " ", "\t", "\n", "\r", "a", "Z", "0", "1", "9", "#", '"', '""', "'", ",", ", ", "<", "<>", ">", "[", "/", ":",
    ".", "-", "+", "e1", "`", "*", "*a", "a ", "# ", " #", "\r\n ", "a:1", "é", "&a", "|", "@", "6015550123", "\\",
    "_", "%", "- ", "::", "##[", " \n#", "[ ", ", \t", "0.", "voxosync: allow ", "file: ",
)  # fmt: skip
BEGINNINGS = ("", '"', "http://", "# voxosync: allow a b")
ENDINGS = ("", "!")


class _Uses(ast.NodeVisitor):
    """The regular expressions of a module: those with a name, and inline ones with their method."""

    def __init__(self) -> None:
        self.named: dict[str, tuple[Any, int]] = {}
        self.bound: set[tuple[Any, int, str]] = set()
        self.methods: set[tuple[str, str]] = set()
        self.unknown: list[int] = []

    def visit_Assign(self, node: ast.Assign) -> None:
        value = node.value
        if isinstance(value, ast.Attribute) and _function(value.value) == "compile":
            self.bound.add((*self._compiled(value.value), value.attr))
        elif _function(value) == "compile":
            for target in node.targets:
                assert isinstance(target, ast.Name)
                self.named[target.id] = self._compiled(value)
        else:
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if (method := _function(node)) in METHODS:
            self.bound.add((*self._compiled(node), str(method)))
        elif method == "compile":
            self.unknown.append(node.lineno)
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in METHODS and isinstance(node.value, ast.Name):
            self.methods.add((node.value.id, node.attr))
        self.generic_visit(node)

    def _compiled(self, node: ast.AST) -> tuple[Any, int]:
        assert isinstance(node, ast.Call)
        text = _constant(node.args[0])
        flags = 0
        for argument in node.args[1:]:
            if isinstance(argument, ast.Attribute) and argument.attr.isupper():
                flags |= getattr(re, argument.attr)
        if text is None:
            self.unknown.append(node.lineno)
        return text, flags


def _constant(node: ast.AST) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _function(node: ast.AST) -> str | None:
    """The name of the function of `re` that is called, if any."""
    called = node.func if isinstance(node, ast.Call) else None
    if (
        isinstance(called, ast.Attribute)
        and isinstance(called.value, ast.Name)
        and called.value.id == "re"
    ):
        return called.attr
    return None


def _uses() -> tuple[dict[tuple[Any, int, str], str], list[str]]:
    """Every expression with its flags and its method, and the places of others that are not constants."""
    modules = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        modules[path] = visitor = _Uses()
        if MENTIONS.search(text):  # parsing is slow
            visitor.visit(ast.parse(text))
    named = {
        name: compiled
        for module_uses in modules.values()
        for name, compiled in module_uses.named.items()
    }
    uses: dict[tuple[Any, int, str], str] = {}
    unknown = []
    for path, module_uses in modules.items():
        where = path.relative_to(PACKAGE).as_posix()
        unknown += [f"{where}:{line}" for line in module_uses.unknown]
        for text, flags, method in module_uses.bound:
            uses[text, flags, method] = where
        for name, method in module_uses.methods:
            compiled = module_uses.named.get(name, named.get(name))
            if compiled:
                uses[(*compiled, method)] = where
    return uses, unknown


USES, UNKNOWN = _uses()
FROM_US = {"definitions/schema_check.py", "sandbox/faults.py", "sandbox/representations.py"}
"""Modules whose expressions come from our own schemas or from the user of a sandbox."""
BUILT = {
    "model/phone.py": [re.compile(pattern, re.DOTALL) for pattern, _ in phone._APPEARANCES],  # noqa: SLF001  # every expression is tested
    # It contains the id of a campaign, an integer.
    "report/groups.py": [re.compile(r"(?<![\w.])4711(?![\w.])")],
    "definitions/syntax_errors.py": [
        re.compile(rf".*?(?:{pattern}).*", re.DOTALL)  # equivalent to `search`
        for pattern, _ in syntax_errors._MESSAGES  # noqa: SLF001  # every expression is tested
    ],
}
"""Expressions that are not constants, by module; they are used with `fullmatch`."""


@pytest.mark.parametrize(
    ("expression", "flags", "method", "where"),
    [pytest.param(*use, where, id=f"{where} {use[0]!r}"[:80]) for use, where in sorted(USES.items(), key=repr)
     if use[0] is not None],
)  # fmt: skip
@pytest.mark.slow
def test_every_regular_expression_is_linear(
    expression: str | bytes, flags: int, method: str, where: str
) -> None:
    compiled: Any = re.compile(expression, flags)
    call = getattr(compiled, method)
    texts: Any = (
        beginning + run * (LENGTH // len(run)) + ending
        for beginning, run, ending in product(BEGINNINGS, RUNS, ENDINGS)
    )
    for text in texts:
        hostile_text = text.encode() if isinstance(expression, bytes) else text
        start = time.thread_time()
        result = call("", hostile_text) if method == "sub" else call(hostile_text)
        if method == "finditer":
            sum(1 for _ in result)
        assert time.thread_time() - start < SECONDS, (where, text[:40])


@pytest.mark.parametrize(
    "compiled",
    [
        pytest.param(one, id=f"{module} {one.pattern!r}"[:80])
        for module, many in BUILT.items()
        for one in many
    ],
)
@pytest.mark.slow
def test_every_constructed_regular_expression_is_linear(compiled: re.Pattern[str]) -> None:
    for beginning, run, ending in product(BEGINNINGS, RUNS, ENDINGS):
        text = beginning + run * (LENGTH // len(run)) + ending
        start = time.thread_time()
        compiled.fullmatch(text)
        assert time.thread_time() - start < SECONDS, text[:40]


def test_all_regular_expressions_are_found() -> None:
    assert len([use for use in USES if use[0] is not None]) > 30
    assert {where.partition(":")[0] for where in UNKNOWN} <= FROM_US | set(BUILT)


@pytest.mark.parametrize("pattern", ["*a" * 50, "?*" * 50, "[!a]*" * 50, "*" * 200])
def test_globs_of_the_command_line_are_matched_fast(pattern: str) -> None:
    """`import --match` uses `fnmatchcase` in this way."""
    start = time.thread_time()
    fnmatchcase("a" * 2_000 + "!", f"{pattern}b")
    assert time.thread_time() - start < SECONDS
