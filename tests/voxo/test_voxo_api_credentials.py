"""The base URLs that a token may be sent to, and error messages that do not show secrets."""

from __future__ import annotations

import pytest

from tests.voxo.scripted_voxo import TOKEN
from voxosync.errors import UsageError
from voxosync.voxo.api_credentials import ApiCredentials


def credentials(
    url: str = "https://api.voxo.co", *, token: str = TOKEN, read: str = "auto"
) -> ApiCredentials:
    return ApiCredentials.of(base_url=url, token=token, read=read)


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("https://api.voxo.co", "https://api.voxo.co"),
        ("https://api.voxo.co/", "https://api.voxo.co"),
        (" https://API.voxo.co:443/ ", "https://api.voxo.co"),
        ("https://gateway.example/voxo//", "https://gateway.example/voxo"),
        ("https://gateway.example:8443", "https://gateway.example:8443"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.8.9.10:8080/", "http://127.8.9.10:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_https_and_plain_http_on_this_machine_are_accepted(url: str, used: str) -> None:
    assert credentials(url).base_url == used


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://api.voxo.co", "unencrypted"),
        ("http://127.0.0.1.example", "unencrypted"),
        ("http://localhost.example", "unencrypted"),
        ("http://2130706433", "unencrypted"),
        ("http://0.0.0.0", "unencrypted"),
        ("https://api.voxo.co?tenant=1", "after its path"),
        ("https://api.voxo.co/#top", "after its path"),
        ("https://api.voxo.co?", "after its path"),
        ("https://user@api.voxo.co", "user"),
        ("https://127.0.0.1\\@api.voxo.co", "user"),
        ("api.voxo.co", "not the URL of a host"),
        ("", "not the URL of a host"),
        ("https://", "not the URL of a host"),
        ("https:///v2", "not the URL of a host"),
        ("ftp://api.voxo.co", "not the URL of a host"),
        ("https://api.voxo.co:99999", "not the URL of a host"),
        ("https://api.voxo.co:port", "not the URL of a host"),
        ("https://api..voxo.co", "not the URL of a host"),
        ("https://api voxo co", "not the URL of a host"),
        ("https://api.voxo.co/\x00", "not the URL of a host"),
    ],
)
def test_any_other_base_url_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        credentials(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hunter2@api.voxo.co",
        "http://user:hunter2@localhost",
        "https://user:hunter2/@api.voxo.co",
        "https://user:?hunter2@api.voxo.co",
        "https://user:#hunter2@api.voxo.co:port",
        "user:hunter2@api.voxo.co",
        "https://api.voxo.co?key=hunter2",
        "https://api.voxo.co?key=@hunter2",
    ],
)
def test_error_message_does_not_repeat_a_secret_in_the_url(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        credentials(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_space_around_a_token_is_removed() -> None:
    assert credentials(token="  secret\n").token == "secret"


@pytest.mark.parametrize(
    "token", ["", "  ", "hunter2 x", "Bearer hunter2", "hunter2\nx", "hunter2é"]
)
def test_token_that_is_not_one_ascii_word_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(UsageError, match="token") as caught:
        credentials(token=token)
    assert "hunter2" not in str(caught.value)


def test_repr_of_credentials_does_not_show_the_token() -> None:
    assert "hunter2" not in repr(credentials(token="hunter2"))


def test_read_path_is_one_of_three() -> None:
    assert [credentials(read=read).read for read in ("auto", "admin", "v2")] == [
        "auto",
        "admin",
        "v2",
    ]
    with pytest.raises(UsageError, match="auto, admin, v2"):
        credentials(read="v1")
