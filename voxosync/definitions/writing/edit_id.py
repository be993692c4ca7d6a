"""Writes the id of a new campaign into its definition."""

from __future__ import annotations

import json
import re

from voxosync.definitions.writing.edit import set_value
from voxosync.definitions.writing.spans import Pairs, document_root
from voxosync.definitions.writing.splices import NotEditable, Splices

_WORD = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)


def set_id(
    text: str, document: int, campaign: int, environment: str | None, *, shared: bool
) -> str:
    """A YAML text in which a document has the id of a new campaign; everything else stays as it is.

    Args:
        text: the file's text, without a byte order mark.
        document: the index of the document.
        campaign: the id.
        environment: the environment of the id; None: it is for all environments.
        shared: whether several environments may use the definition, so that the id is written for one.

    Raises:
        NotEditable: it cannot be written there.
    """
    splices = Splices(text)
    root = document_root(splices.text, document)
    pair = root.pair("id") if isinstance(root, Pairs) else None
    if pair is None and isinstance(root, Pairs) and root.find("id") is not None:
        raise NotEditable("its id comes by <<: write it into the definition itself")
    if environment is None or (pair is None and not shared):
        return set_value(text, document, "id", campaign)
    word = environment if _WORD.fullmatch(environment) else json.dumps(environment)
    entry = f"{word}: {campaign}"
    if pair is None:
        splices = Splices(set_value(text, document, "id", campaign))
        root = document_root(splices.text, document)
        pair = root.pair("id") if isinstance(root, Pairs) else None
        assert pair is not None  # noqa: S101  # just written
        splices.replace(pair[1].start, pair[1].end, f"{{{entry}}}")
        return splices.result()
    ids = pair[1]
    if not isinstance(ids, Pairs) or not ids.pairs:
        raise NotEditable("its id is written in a way that takes no further environment")
    last = ids.pairs[-1][1].end
    if ids.flow:
        splices.insert(last, f", {entry}")
    else:
        splices.insert_lines(splices.next_line(last), [entry], " " * ids.column)
    return splices.result()
