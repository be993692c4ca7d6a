"""One response, parsed as its bytes come in; httptools (llhttp, the parser of Node) does the parsing."""

from __future__ import annotations

from http import HTTPStatus

import httpx
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

_MOST_WITHOUT_BODY = 128 * 2**10  # bytes of heads, chunk sizes and trailers in a row


class ResponseParser:
    """The status, the headers and the body of one response.

    Every method that takes bytes raises httpx.RemoteProtocolError if they are not HTTP/1.1.
    """

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.has_head = False
        """Whether status and headers are known."""
        self.is_complete = False
        """Whether the body has come to its end."""
        self.keeps_alive = False
        """Whether the server takes another request on the same connection."""
        self._pieces: list[bytes] = []
        self._without_body = 0
        self._parser: HttpResponseParser | None = HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Take the next bytes; no bytes mean that the server hung up."""
        if not data:
            self._end()
            return
        assert self._parser is not None  # noqa: S101  # a complete response is not fed
        self._without_body += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            raise httpx.RemoteProtocolError(f"this is not HTTP/1.1: {error}") from error
        if self.is_complete:
            self._parser = None  # it refers to this object: a cycle would keep both in memory
        elif self._without_body > _MOST_WITHOUT_BODY:
            raise httpx.RemoteProtocolError("the answer goes on and on without a body")

    def take_body(self) -> bytes:
        """The part of the body that came since the last call, joined, because many small chunks take more memory."""
        body = b"".join(self._pieces)
        self._pieces.clear()
        return body

    def _end(self) -> None:
        if not self.has_head:
            article = "a whole" if self._without_body else "a"
            message = f"the server hung up without sending {article} response"
            raise httpx.RemoteProtocolError(message)
        names = {name.lower() for name, _ in self.headers}
        if names & {b"content-length", b"transfer-encoding"}:
            raise httpx.RemoteProtocolError("the server hung up in the middle of the body")
        self.is_complete = True  # a body without a length ends with the connection
        self._parser = None

    # The callbacks of httptools

    def on_message_begin(self) -> None:
        """Refuse a second response to one request."""
        if self.is_complete:
            raise httpx.RemoteProtocolError("an answer to no request")

    def on_header(self, name: bytes, value: bytes | None) -> None:
        """Take a header."""
        self.headers.append((name, value or b""))

    def on_headers_complete(self) -> None:
        """Take the status; an informational one, such as 100 or 103, comes before that of the response."""
        assert self._parser is not None  # noqa: S101  # the parser is calling
        self.status = self._parser.get_status_code()
        self.has_head = self.status >= HTTPStatus.OK

    def on_body(self, piece: bytes) -> None:
        """Take a piece of the body."""
        self._pieces.append(piece)
        self._without_body = 0

    def on_message_complete(self) -> None:
        """Note the end, or go on waiting after an informational response."""
        if not self.has_head:
            self.headers.clear()
            return
        assert self._parser is not None  # noqa: S101  # the parser is calling
        self.is_complete = True
        self.keeps_alive = self._parser.should_keep_alive()
