"""Tables as HTML, whose cells are escaped and not read as Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CODE = re.compile(r"`([^`]+)`")


def prose(text: str) -> Markup:
    """A text from the code or a schema, escaped; text in backquotes becomes code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped above


def code(text: object) -> Markup:
    """Code."""
    return Markup("<code>{}</code>").format(text)


def paragraph(text: str) -> str:
    """A paragraph as an HTML block, which is not read as Markdown."""
    return f"<p>{prose(text)}</p>\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str | Markup]]) -> str:
    """A table. A cell that is not Markup is escaped."""
    titles = Markup().join(Markup("<th>{}</th>").format(title) for title in head)
    lines = [Markup("<thead><tr>{}</tr></thead>").format(titles), Markup("<tbody>")]
    for row in rows:
        cells = Markup().join(Markup("<td>{}</td>").format(cell) for cell in row)
        lines.append(Markup("<tr>{}</tr>").format(cells))
    return "\n".join(["<table>", *lines, "</tbody>", "</table>\n"])
