"""URLs of the same VOXO in different spellings, and similar URLs of another VOXO."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voxosync.voxo.endpoint import endpoint, same_voxo

SPELLINGS = {
    "https://api.voxo.co": [
        "HTTPS://API.voxo.CO",
        "https://api.voxo.co/",
        "https://api.voxo.co//",
        "https://api.voxo.co.",
        "https://api.voxo.co./.",
        "https://api.voxo.co/x/..",
        "https://api.voxo.co/%2e/x/%2E%2e/",
        "https://api.voxo.co:443",
        "https://api.voxo.co:0443",
        "https://api.voxo.co:",
        "https://%61pi.voxo.%63o",
        "https://user:secret@api.voxo.co",
        "https://api.voxo.co@api.voxo.co",
        "https://api\u3002voxo\u3002co",  # ideographic full stops, which IDNA reads as dots
        "http://api.voxo.co",
        " https://api.voxo.co\n",
    ],
    "https://bücher.example/api": [
        "https://xn--bcher-kva.example/api",
        "https://BÜCHER.example/api/",
        "https://XN--BCHER-KVA.example./a%70i/.",
    ],
    "http://localhost:8080": [
        "http://127.0.0.1:8080",
        "http://127.0.0.2:8080/",
        "http://127.1:8080",
        "http://2130706433:8080",
        "http://0x7f.1:8080",
        "http://[::1]:8080",
        "http://[0:0:0:0:0:0:0:1]:8080",
        "http://[::ffff:127.0.0.1]:8080",
        "http://LOCALHOST.:8080",
        "http://voxo.localhost:8080",
        "http://0.0.0.0:8080",
        "http://[::]:8080",
        "https://localhost:8080",
    ],
    "https://[2001:db8::1]": [
        "https://[2001:DB8:0:0:0:0:0:1]:443",
        "https://[2001:0db8::0001]/",
    ],
    "https://192.0.2.7": ["https://192.0.519", "https://3221225991", "https://[::ffff:192.0.2.7]"],
}
"""A URL, and other spellings of it."""


@pytest.mark.parametrize(
    ("url", "spelling"),
    [(url, spelling) for url, spellings in SPELLINGS.items() for spelling in spellings],
)
def test_spellings_of_a_url_are_the_same_voxo(url: str, spelling: str) -> None:
    assert same_voxo(url, spelling)
    assert endpoint(url).address == endpoint(spelling).address


@pytest.mark.parametrize(
    "url_of_another",
    [
        "https://api.voxo.co:8443",
        "https://api.voxo.com",
        "https://xapi.voxo.co",
        "https://api.voxo.co@evil.example",
        "https://evil.example/api.voxo.co",
        "https://evil.example\\@api.voxo.co.evil.example",
        "http://localhost:8081",
        "https://128.0.0.1",
        "https://localhost.example",
        "https:// api.voxo.co",
        "",
        "api.voxo.co",
    ],
)
def test_similar_urls_are_another_voxo(url_of_another: str) -> None:
    for url in SPELLINGS:
        assert not same_voxo(url, url_of_another)
        assert endpoint(url).address != endpoint(url_of_another).address


def test_another_path_is_another_voxo_on_the_same_server() -> None:
    first, second = "https://proxy.example/staging", "https://proxy.example/prod"
    assert not same_voxo(first, second)
    assert endpoint(first).address == endpoint(second).address


LABELS = st.text("abcxyz019", min_size=1, max_size=5).map(lambda text: f"h{text}")
HOSTS = st.lists(LABELS, min_size=2, max_size=3).map(".".join)
PORTS = st.sampled_from([None, 8443, 9000])


@st.composite
def respelled(draw: st.DrawFn, host: str, port: int | None) -> str:
    """Another spelling of a host and a port."""
    letters = [
        draw(
            st.sampled_from([letter, letter.upper(), f"%{ord(letter):02x}", f"%{ord(letter):02X}"])
        )
        for letter in host
    ]
    user = draw(st.sampled_from(["", "me@", "me:word@"]))
    dot = draw(st.sampled_from(["", "."]))
    port_text = draw(st.sampled_from(["", ":", ":443"])) if port is None else f":{port}"
    path = draw(st.sampled_from(["", "/", "/.", "/./x/..", "//", "/%2e", "/a/b/../.."]))
    scheme = draw(st.sampled_from(["https", "HTTPS"]))
    return f"{scheme}://{user}{''.join(letters)}{dot}{port_text}{path}"


@given(st.data(), HOSTS, PORTS, HOSTS, PORTS)
def test_spellings_are_the_same_voxo_exactly_if_host_and_port_are(
    data: st.DataObject, host: str, port: int | None, other_host: str, other_port: int | None
) -> None:
    first = data.draw(respelled(host, port))
    second = data.draw(respelled(other_host, other_port))
    assert endpoint(first).address == (host, port)
    assert same_voxo(first, data.draw(respelled(host, port)))
    assert same_voxo(first, second) is ((host, port) == (other_host, other_port))


@given(st.text(max_size=30))
@example("https://[")
@example("https://a:99999")
@example("https://127.0.0.01")
@example("\ud800")
def test_any_text_has_an_endpoint(text: str) -> None:
    assert same_voxo(text, text)
    assert endpoint(text).address[0] is not None
