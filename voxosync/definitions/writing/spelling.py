"""How a text is spelled in YAML: plain or as a block if the old one was, and in quotes if necessary."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from io import StringIO
from math import inf
from textwrap import wrap

import yaml
from yaml.emitter import Emitter
from yaml.resolver import Resolver

from voxosync.definitions.nodes import Scalar, as_yaml

_STRING = ("tag:yaml.org,2002:str", str)
_HEADER = re.compile(r"[|>][0-9+-]*(?P<comment>[ \t]+#[^\r\n]*)?")
_ESCAPE = re.compile(r"\\(?:U(?P<code>[0-9A-F]{8})|.)")
_NARROW = 60
_RESOLVER = Resolver()


def spell(text: str, *, like: str | None, old: str = "", typed: bool, flow: bool) -> str:
    """A text on one line, in the style of the old one if possible.

    Invisible characters, such as one that changes the direction of writing, are written as escapes.

    Args:
        text: the text that YAML must read from it.
        like: the style of the text that it replaces: None for plain, or `'`, `"`, `|`, `>`.
        old: the text that it replaces.
        typed: whether its field determines how it is read (a date, a number, yes), so that it needs no quotes even if
            an editor takes it for something other than text.
        flow: whether it is inside brackets.
    """
    if like == "'" and _analysis(text).allow_single_quoted and text.isprintable():
        return _quote(text, "'")
    if like is None and _may_be_plain(text, old, typed=typed, flow=flow):
        return text
    return _quote(text, '"')


def _quote(text: str, mark: str) -> str:
    dumped: str = yaml.dump(text, default_style=mark, allow_unicode=True, width=inf)
    quoted = dumped.rstrip("\n")
    if mark != '"':
        return quoted
    quoted = _ESCAPE.sub(_readable, quoted)
    if quoted.isprintable():
        return quoted
    return "".join(f"\\U{ord(c):08X}" if _is_hidden(c) else c for c in quoted)


def _readable(escape: re.Match[str]) -> str:
    """A character beyond U+FFFF, such as an emoji, in place of its escape, which PyYAML always writes."""
    character = chr(int(escape["code"], 16)) if escape["code"] else ""
    return character if character.isprintable() and character else escape[0]


def _is_hidden(character: str) -> bool:
    """Whether people cannot see a character; spaces of any width are not hidden."""
    return not character.isprintable() and unicodedata.category(character) != "Zs"


def _hides(text: str) -> bool:
    return not text.isprintable() and any(map(_is_hidden, text))


def _may_be_plain(text: str, old: str, *, typed: bool, flow: bool) -> bool:
    if Scalar(text, plain=True, line=0, column=0).is_null:
        return False
    if _hides(text):
        return False
    kind = _kind(text)
    if kind == _STRING:
        analysis = _analysis(text)
        return bool(analysis.allow_flow_plain if flow else analysis.allow_block_plain)
    if typed or (old and kind == _kind(old) and not re.match(r"[-+]?0\d", text)):
        return _reads_back(text, flow=flow)
    return False


def _kind(text: str) -> tuple[str, type]:
    """What an editor takes a plain text for, by YAML 1.1 and by YAML 1.2."""
    tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]  # the stubs do not type it
    return str(tag), type(as_yaml(Scalar(text, plain=True, line=0, column=0)))


@lru_cache(1024)
def _analysis(text: str) -> yaml.emitter.ScalarAnalysis:
    return Emitter(StringIO(), allow_unicode=True).analyze_scalar(text)


def _reads_back(text: str, *, flow: bool) -> bool:
    try:
        parsed = yaml.load(f"[{text}]" if flow else f"- {text}", yaml.BaseLoader)  # noqa: S506  # BaseLoader makes only text
    except yaml.YAMLError:
        return False
    return bool(parsed == [text])


def block(text: str, source: str, *, indent: int, eol: str) -> str | None:
    """A text as a block like the one that it replaces: literal or folded, with the same indentation and comment.

    Args:
        text: the text that YAML must read from it.
        source: the old block from `|` or `>` to its last character.
        indent: the indentation of the key.
        eol: the line ending.

    Returns:
        From `|` or `>` to the last character; None: no such block is read as this text, or shows all of it.
    """
    if _hides(text.replace("\n", "").replace("\t", "")):
        return None
    header = _HEADER.match(source)
    lines = [line.rstrip("\r") for line in source.splitlines()[1:]]
    used = next((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), indent + 2)
    if header is None or used <= indent:
        return None
    comment = header["comment"] or ""
    body = text.removesuffix("\n")
    chomp = "" if body != text else "-"
    if not body or body[0] in " \t\n" or body[-1] in " \t\n":
        return None
    for style, spelling in (
        (">", _fold(body, [line[used:] for line in lines]) if source[0] == ">" else None),
        ("|", body.split("\n")),
    ):
        if spelling is None:
            continue
        pieces = [
            f"{style}{chomp}{comment}",
            *(" " * used + line if line else "" for line in spelling),
        ]
        try:
            back = yaml.load("k: " + "\n".join(pieces) + "\n", yaml.BaseLoader)  # noqa: S506  # BaseLoader makes nothing but text
        except yaml.YAMLError:
            continue
        if back == {"k": text}:
            return eol.join(pieces)
    return None


def quote_with_comment(text: str, source: str) -> str:
    """A text in quotes in place of a block; keeps the comment on the block's first line."""
    header = _HEADER.match(source)
    return _quote(text, '"') + ((header["comment"] or "") if header else "")


def _fold(body: str, old: list[str]) -> list[str]:
    """The lines of a folded text; a paragraph that does not change keeps its line breaks."""
    lines_by_paragraph: dict[str, list[str]] = {}
    run: list[str] = []
    for line in [*old, ""]:
        if line:
            run.append(line)
        elif run:
            lines_by_paragraph[" ".join(run)] = run
            run = []
    width = max([_NARROW, *map(len, old)])
    lines: list[str] = []
    for index, paragraph in enumerate(body.split("\n")):
        lines += [""] if index else []
        lines += lines_by_paragraph.get(paragraph) or wrap(
            paragraph, width, break_long_words=False, break_on_hyphens=False
        )
    return lines
