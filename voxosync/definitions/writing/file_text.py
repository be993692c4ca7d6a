"""Converts the content of a YAML file to text without a byte order mark, and back."""

from __future__ import annotations

import codecs


def decode(content: bytes) -> str:
    """The text of a file in UTF-8, without a byte order mark.

    Raises:
        UnicodeDecodeError: it is not UTF-8.
    """
    return content.removeprefix(codecs.BOM_UTF8).decode()


def encode(text: str, before: bytes) -> bytes:
    """A text as the content of a file, with a byte order mark if the file had one.

    Args:
        text: the new text.
        before: the previous content of the file.

    Raises:
        UnicodeEncodeError: the text contains half of a surrogate pair.
    """
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    return mark + text.encode()
