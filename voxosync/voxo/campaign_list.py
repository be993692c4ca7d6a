"""The complete list of campaigns, however VOXO pages it, even if campaigns come and go while it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from voxosync.errors import BadAnswer, NotFound, Refused
from voxosync.voxo.api_response import Paging

if TYPE_CHECKING:
    from collections.abc import Callable

    from voxosync.voxo.api_response import Page

_PAGE_SIZE = 100  # campaigns
_MOST_PAGES = 1000  # far more than a tenant has: a list without end is a fault of the server
_MOST_READINGS = 5
# The number of campaigns on a page of VOXO's other lists: a bare list this long may be a page.
_LIKELY_PAGE = 50

Campaigns: TypeAlias = dict[int, dict[str, Any]]


def whole_list(first: Page, read: Callable[[str], Page]) -> Campaigns:
    """Every campaign of a list, by id.

    Args:
        first: the response to a request that names no page.
        read: reads a page; called with the end of its URL. Raises as `Voxo.campaigns` does.
    """
    if first.is_complete:
        return first.records
    if first.paging is Paging.NONE:
        return _following_pages(first, read)
    earlier: Campaigns = {}
    for _ in range(_MOST_READINGS):
        campaigns, is_settled = _read_pages(first.paging, read)
        if is_settled or campaigns.keys() == earlier.keys():
            return campaigns
        earlier = campaigns
    raise BadAnswer(
        f"the list of campaigns changed in each of {_MOST_READINGS} readings; try again later"
    )


def _read_pages(paging: Paging, read: Callable[[str], Page]) -> tuple[Campaigns, bool]:
    """All pages from the first, and whether no campaign can be missing because the list changed meanwhile.

    A campaign that is deleted moves the others up, so that the first one of the next page is on no page. Then the
    total changes, or is not reached. A new campaign moves the others down, so that one is on two pages.
    """
    campaigns: Campaigns = {}
    totals: set[int | None] = set()
    entries = 0
    for number in range(1, _MOST_PAGES + 1):
        page = read(_query(paging, number, entries))
        before = len(campaigns)
        campaigns |= page.records
        entries += page.length
        totals.add(page.total)
        if not page.records or (page.total is not None and len(campaigns) >= page.total):
            is_complete = page.total is None or len(campaigns) == page.total
            return campaigns, is_complete and len(totals) == 1 and len(campaigns) == entries
        if len(campaigns) == before:
            raise BadAnswer("the list of campaigns does not go on: it repeats earlier ones")
    raise BadAnswer(f"the list of campaigns has no end: {_MOST_PAGES} pages and more")


def _query(paging: Paging, number: int, entries: int) -> str:
    """The end of a page's URL: its number, or the number of entries before it [F]."""
    if paging is Paging.SKIP:
        return f"&$limit={_PAGE_SIZE}&$skip={entries}"
    return f"&page={number}&recordsPerPage={_PAGE_SIZE}"


def _following_pages(first: Page, read: Callable[[str], Page]) -> Campaigns:
    """A bare list, and the pages after it if it is only a page, which nothing in it says."""
    campaigns = dict(first.records)
    if first.length % _LIKELY_PAGE:
        return campaigns
    for number in range(2, _MOST_PAGES + 1):
        try:
            page = read(f"&page={number}&recordsPerPage={first.length}")
        except (Refused, NotFound):  # it has no pages, or none behind the last one
            return campaigns
        before = len(campaigns)
        campaigns |= page.records
        if len(campaigns) == before or page.length < first.length:
            return campaigns
    raise BadAnswer(f"the list of campaigns has no end: {_MOST_PAGES} pages and more")
