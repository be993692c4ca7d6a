"""One response as its bytes come in; httptools, Node's parser, interprets them."""

from __future__ import annotations

from http import HTTPStatus

import httpx
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

_MOST_WITHOUT_BODY = 128 * 2**10  # bytes of heads, chunk sizes and trailers in a row


class ResponseParser:
    """The status, the headers and the body of one answer.

    Every method that takes bytes raises httpx.RemoteProtocolError where they are not HTTP/1.1.
    """

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.is_headed = False
        """Whether status and headers are known."""
        self.is_whole = False
        """Whether the body came to its end."""
        self.keeps_alive = False
        """Whether the server takes one more request on the same connection."""
        self._pieces: list[bytes] = []
        self._without_body = 0
        self._parser: HttpResponseParser | None = HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Take what came next; nothing: the server hung up."""
        if not data:
            self._end()
            return
        assert self._parser is not None  # noqa: S101  # a complete message is not fed
        self._without_body += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            raise httpx.RemoteProtocolError(f"this is not HTTP/1.1: {error}") from error
        if self.is_whole:
            self._parser = (
                None  # it refers to this object: without each other, both are gone at once
            )
        elif self._without_body > _MOST_WITHOUT_BODY:
            raise httpx.RemoteProtocolError("the answer goes on and on without a body")

    def take_body(self) -> bytes:
        """The part of the body that came since the last call, joined: many small chunks take far more memory."""
        body = b"".join(self._pieces)
        self._pieces.clear()
        return body

    def _end(self) -> None:
        if not self.is_headed:
            article = "a whole" if self._without_body else "a"
            message = f"the server hung up without sending {article} response"
            raise httpx.RemoteProtocolError(message)
        names = {name.lower() for name, _ in self.headers}
        if names & {b"content-length", b"transfer-encoding"}:
            raise httpx.RemoteProtocolError("the server hung up in the middle of the body")
        self.is_whole = True  # of an unknown length: its end is that of the connection
        self._parser = None

    # What httptools calls

    def on_message_begin(self) -> None:
        """Refuse a second answer to one request."""
        if self.is_whole:
            raise httpx.RemoteProtocolError("an answer to no request")

    def on_header(self, name: bytes, value: bytes | None) -> None:
        """Take a header."""
        self.headers.append((name, value or b""))

    def on_headers_complete(self) -> None:
        """Take the status; 100 Continue, 103 Early Hints and their like come before the answer."""
        assert self._parser is not None  # noqa: S101  # it is what calls
        self.status = self._parser.get_status_code()
        self.is_headed = self.status >= HTTPStatus.OK

    def on_body(self, piece: bytes) -> None:
        """Take a piece of the body."""
        self._pieces.append(piece)
        self._without_body = 0

    def on_message_complete(self) -> None:
        """Note the end, or wait on after what only came before the answer."""
        if not self.is_headed:
            self.headers.clear()
            return
        assert self._parser is not None  # noqa: S101  # it is what calls
        self.is_whole = True
        self.keeps_alive = self._parser.should_keep_alive()
