"""The path that a campaign or a list is read from, and the handling of its responses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.http_server import answer
from tests.voxo.scripted_voxo import TOKEN
from voxosync import __version__
from voxosync.errors import BadAnswer, NotFound, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.http_server import Reply
    from tests.voxo.scripted_voxo import Scripted
    from voxosync.voxo.client import Voxo

ADMIN = "/v2/admin/call-campaigns"
V2 = "/v2/call-campaigns"


def campaign(campaign_id: Any = 4711) -> dict[str, Any]:
    return {"id": campaign_id, "name": "Spring", "numbers": [{"number": "6015550123"}]}


def test_campaign_is_returned_as_voxo_sent_it(server: Scripted, voxo: Voxo) -> None:
    server.on(f"{ADMIN}/4711", answer(200, campaign()))
    assert voxo.campaign(4711) == campaign()


def test_client_has_its_base_url(server: Scripted, voxo: Voxo) -> None:
    assert voxo.base_url == server.url


def test_every_request_has_the_token_the_accepted_type_and_the_user_agent(
    server: Scripted, voxo: Voxo
) -> None:
    server.on("*", answer(200, campaign()))
    voxo.campaign(4711)
    headers = server.received[0].headers
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["Accept"] == "application/json"
    assert headers["User-Agent"] == f"voxosync/{__version__}"


@pytest.mark.parametrize("cookie", ["session=1; Path=/", "é=ü"])
def test_cookies_are_not_kept(server: Scripted, voxo: Voxo, cookie: str) -> None:
    server.on("*", answer(200, campaign(), Set_Cookie=cookie))
    voxo.campaign(4711)
    voxo.campaign(4711)
    assert server.received[1].headers["Cookie"] is None


@pytest.mark.parametrize("denial", [403, 404, 405])
def test_documented_path_is_tried_if_the_admin_path_denies_a_campaign(
    server: Scripted, voxo: Voxo, denial: int
) -> None:
    server.on(f"{ADMIN}/4711", answer(denial))
    server.on(f"{V2}/4711", answer(200, campaign()))
    assert voxo.campaign(4711) == campaign()


def test_path_that_responded_first_is_tried_first_from_then_on(
    server: Scripted, voxo: Voxo
) -> None:
    server.on("*", answer(404))
    server.on(f"{V2}/1", answer(200, campaign(1)))
    server.on(f"{V2}/2", answer(200, campaign(2)))
    voxo.campaign(1)
    server.received.clear()
    voxo.campaign(2)
    assert server.asked == [f"GET {V2}/2"]


def test_campaign_that_this_path_denies_is_tried_once_on_the_other(
    server: Scripted, voxo: Voxo
) -> None:
    server.on("*", answer(404))
    server.on(f"{ADMIN}/1", answer(200, campaign(1)))
    voxo.campaign(1)
    server.received.clear()
    with pytest.raises(NotFound):
        voxo.campaign(2)
    assert server.asked == [f"GET {ADMIN}/2", f"GET {V2}/2"]


def test_later_response_of_the_other_path_does_not_change_the_order(
    server: Scripted, voxo: Voxo
) -> None:
    server.on("*", answer(404))
    for path, number in ((ADMIN, 1), (V2, 2), (ADMIN, 3)):
        server.on(f"{path}/{number}", answer(200, campaign(number)))
    voxo.campaign(1)
    voxo.campaign(2)
    server.received.clear()
    voxo.campaign(3)
    assert server.asked == [f"GET {ADMIN}/3"]


def test_path_that_one_worker_found_is_used_by_all_workers(server: Scripted, voxo: Voxo) -> None:
    numbers = range(1, 41)
    server.on("*", answer(403))
    for number in numbers:
        server.on(f"{V2}/{number}", answer(200, campaign(number)))
    voxo.campaign(1)
    server.received.clear()
    with ThreadPoolExecutor(8) as pool:
        campaigns = list(pool.map(voxo.campaign, numbers))
    assert campaigns == [campaign(number) for number in numbers]
    assert sorted(server.asked) == sorted(f"GET {V2}/{number}" for number in numbers)


@pytest.mark.parametrize(("read", "path"), [("admin", ADMIN), ("v2", V2)])
def test_setting_selects_a_single_path(
    server: Scripted, connect: Callable[..., Voxo], read: str, path: str
) -> None:
    server.on("*", answer(404))
    with pytest.raises(NotFound):
        connect(read=read).campaign(4711)
    assert server.asked == [f"GET {path}/4711"]


@pytest.mark.parametrize(
    ("admin", "v2", "error"),
    [
        (404, 404, NotFound),
        (403, 404, NotFound),
        (404, 403, NotFound),
        (405, 404, NotFound),
        (403, 403, Refused),
        (403, 405, Refused),
    ],
)
def test_campaign_is_not_found_if_either_path_says_so_and_else_refused(
    server: Scripted, voxo: Voxo, admin: int, v2: int, error: type[Exception]
) -> None:
    server.on(f"{ADMIN}/4711", answer(admin, {"message": "said admin"}))
    server.on(f"{V2}/4711", answer(v2, {"message": "said v2"}))
    with pytest.raises(error) as caught:
        voxo.campaign(4711)
    assert f"GET {ADMIN}/4711: VOXO answered {admin} (said admin)" in str(caught.value)
    assert f"GET {V2}/4711: VOXO answered {v2} (said v2)" in str(caught.value)


def test_other_path_is_not_tried_after_any_other_refusal(server: Scripted, voxo: Voxo) -> None:
    server.on("*", answer(422, {"message": "campaignId must be a number"}))
    with pytest.raises(Refused, match="campaignId must be a number"):
        voxo.campaign(4711)
    assert server.asked == [f"GET {ADMIN}/4711"]


@pytest.mark.parametrize("spelling", [4711, 4711.0, "4711"])
def test_id_in_a_response_is_compared_as_a_number(
    server: Scripted, voxo: Voxo, spelling: object
) -> None:
    server.on("*", answer(200, campaign(spelling)))
    assert voxo.campaign(4711)["id"] == 4711


@pytest.mark.parametrize(
    "value",
    [4712, "4712", "\u0664\u0667\u0661\u0661", None, "", "x", True, [4711], 1e300, "4" * 5000],
)
def test_response_about_another_campaign_is_an_error(
    server: Scripted, voxo: Voxo, value: object
) -> None:
    server.on("*", answer(200, campaign(value)))
    with pytest.raises(BadAnswer, match="campaign"):
        voxo.campaign(4711)


def test_true_is_not_the_id_1(server: Scripted, voxo: Voxo) -> None:
    server.on("*", answer(200, campaign(True)))  # noqa: FBT003 - the value under test
    with pytest.raises(BadAnswer, match="without an id"):
        voxo.campaign(1)


TENANT = f"{ADMIN}?tenantId=17"
LIST = f"{TENANT}&paginated=0"  # the parameters of lists on the admin path of VOXO


def page(number: int, size: int = 100) -> str:
    return f"{TENANT}&page={number}&recordsPerPage={size}"


def skipping(number: int) -> str:
    return f"{TENANT}&$limit=100&$skip={number}"


def ids(campaigns: list[dict[str, Any]]) -> list[int]:
    return [campaign["id"] for campaign in campaigns]


def records(*numbers: int) -> list[dict[str, int]]:
    return [{"id": number} for number in numbers]


def test_list_may_be_a_bare_array(server: Scripted, voxo: Voxo) -> None:
    server.on(LIST, answer(200, records(3, 1, 2)))
    assert ids(voxo.campaigns(17)) == [3, 1, 2]
    assert server.asked == [f"GET {LIST}"]


def test_list_may_be_empty(server: Scripted, voxo: Voxo) -> None:
    server.on(LIST, answer(200, []), answer(200, {"records": [], "page": 1, "totalRecords": 0}))
    assert voxo.campaigns(17) == []
    assert voxo.campaigns(17) == []


def test_list_may_be_one_page_in_an_envelope(server: Scripted, voxo: Voxo) -> None:
    server.on(LIST, answer(200, {"records": records(1, 2), "page": 1, "totalRecords": "2"}))
    assert ids(voxo.campaigns(17)) == [1, 2]
    assert server.asked == [f"GET {LIST}"]


def test_list_of_several_pages_is_read_up_to_its_total(server: Scripted, voxo: Voxo) -> None:
    server.on(LIST, answer(200, {"records": records(1), "page": 1, "totalRecords": 3}))
    server.on(page(1), answer(200, {"records": records(1, 2), "page": 1, "totalRecords": 3}))
    server.on(page(2), answer(200, {"records": records(3), "page": 2, "totalRecords": 3}))
    assert ids(voxo.campaigns(17)) == [1, 2, 3]
    assert server.asked == [f"GET {LIST}", f"GET {page(1)}", f"GET {page(2)}"]


def test_list_without_a_total_ends_with_an_empty_page(server: Scripted, voxo: Voxo) -> None:
    for path, numbers in ((LIST, [1]), (page(1), [1]), (page(2), [2]), (page(3), [])):
        server.on(path, answer(200, {"records": records(*numbers)}))
    assert ids(voxo.campaigns(17)) == [1, 2]


def test_list_ends_with_an_empty_page_even_before_its_total(server: Scripted, voxo: Voxo) -> None:
    for path, numbers in ((LIST, [1]), (page(1), [1]), (page(2), [])):
        server.on(path, answer(200, {"records": records(*numbers), "totalRecords": 9}))
    assert ids(voxo.campaigns(17)) == [1]


def test_campaign_that_moves_to_the_next_page_is_listed_once(server: Scripted, voxo: Voxo) -> None:
    for path, numbers in ((LIST, [1]), (page(1), [1, 2]), (page(2), [2, 3]), (page(3), [])):
        server.on(path, answer(200, {"records": records(*numbers)}))
    assert ids(voxo.campaigns(17)) == [1, 2, 3]


def test_repeated_page_is_an_error(server: Scripted, voxo: Voxo) -> None:
    server.on("*", answer(200, {"records": records(1), "totalRecords": 2}))
    with pytest.raises(BadAnswer, match="repeats"):
        voxo.campaigns(17)
    assert len(server.received) == 3


def test_endless_list_is_an_error(
    server: Scripted, voxo: Voxo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voxosync.voxo.campaign_list._MOST_PAGES", 4)
    for number in range(1, 9):
        server.on(page(number), answer(200, {"records": records(number)}))
    server.on(LIST, answer(200, {"records": records(1)}))
    with pytest.raises(BadAnswer, match="no end"):
        voxo.campaigns(17)


def test_refusal_of_a_page_is_an_error(server: Scripted, voxo: Voxo) -> None:
    server.on(LIST, answer(200, {"records": records(1), "totalRecords": 2}))
    server.on(page(1), answer(400, {"message": "recordsPerPage is too large"}))
    with pytest.raises(Refused, match="too large"):
        voxo.campaigns(17)


@pytest.mark.parametrize(
    "body",
    [{"campaigns": []}, {"records": {}}, {"records": None}, "text", 7, None, [1], [{"name": "x"}]],
)
def test_other_responses_are_not_a_list(server: Scripted, voxo: Voxo, body: object) -> None:
    server.on("*", answer(200, body))
    with pytest.raises(BadAnswer):
        voxo.campaigns(17)


def test_list_falls_back_to_the_documented_path_like_a_campaign(
    server: Scripted, voxo: Voxo
) -> None:
    server.on("*", answer(405))
    server.on(f"{V2}?tenantId=17", answer(200, records(1)))
    voxo.campaigns(17)
    voxo.campaigns(17)
    assert server.asked == [f"GET {LIST}", f"GET {V2}?tenantId=17", f"GET {V2}?tenantId=17"]


def envelope(number: int, total: int | None, *numbers: int) -> dict[str, Any]:
    """A page in the form of other lists of VOXO."""
    total_field = {} if total is None else {"totalRecords": total}
    return {"records": records(*numbers), "page": number, **total_field}


def feathers(total: int, skip: int, *numbers: int) -> dict[str, Any]:
    """A page in the form of FeathersJS."""
    return {"total": total, "limit": 10, "skip": skip, "data": records(*numbers)}


class TestFeathersjsList:
    def test_may_be_one_page(self, server: Scripted, voxo: Voxo) -> None:
        server.on(LIST, answer(200, feathers(2, 0, 1, 2)))
        assert ids(voxo.campaigns(17)) == [1, 2]
        assert server.asked == [f"GET {LIST}"]

    def test_may_be_empty(self, server: Scripted, voxo: Voxo) -> None:
        server.on(LIST, answer(200, feathers(0, 0)))
        assert voxo.campaigns(17) == []

    def test_is_read_up_to_its_total_by_the_number_of_entries_to_skip(
        self, server: Scripted, voxo: Voxo
    ) -> None:
        """Pages may have any size, because the server may allow fewer entries than were requested."""
        server.on(LIST, answer(200, feathers(5, 0, 1)))
        server.on(skipping(0), answer(200, feathers(5, 0, 1, 2)))
        server.on(skipping(2), answer(200, feathers(5, 2, 3, 4)))
        server.on(skipping(4), answer(200, feathers(5, 4, 5)))
        assert ids(voxo.campaigns(17)) == [1, 2, 3, 4, 5]
        assert len(server.asked) == 4

    def test_is_requested_on_the_documented_path_without_admin_parameters(
        self, server: Scripted, connect: Callable[..., Voxo]
    ) -> None:
        server.on(f"{V2}?tenantId=17", answer(200, feathers(1, 0, 1)))
        assert ids(connect(read="v2").campaigns(17)) == [1]


class TestCampaignDeletedBetweenTwoPages:
    """Later campaigns move up, so that one of them is on none of the pages that are read."""

    def test_hides_no_other_if_the_total_changes(self, server: Scripted, voxo: Voxo) -> None:
        server.on(LIST, answer(200, envelope(1, 4, 1)))
        server.on(page(1), answer(200, envelope(1, 4, 1, 2)), answer(200, envelope(1, 3, 2, 3)))
        server.on(page(2), answer(200, envelope(2, 3, 4)))
        assert ids(voxo.campaigns(17)) == [2, 3, 4]

    def test_hides_no_other_if_it_leaves_the_last_page_empty(
        self, server: Scripted, voxo: Voxo
    ) -> None:
        server.on(LIST, answer(200, feathers(3, 0, 1)))
        server.on(skipping(0), answer(200, feathers(3, 0, 1, 2)), answer(200, feathers(2, 0, 2, 3)))
        server.on(skipping(2), answer(200, feathers(2, 2)))
        assert ids(voxo.campaigns(17)) == [2, 3]

    def test_hides_no_other_if_another_one_is_created(self, server: Scripted, voxo: Voxo) -> None:
        """The total is unchanged, but one campaign is on two pages and another on none."""
        server.on(LIST, answer(200, envelope(1, 4, 1)))
        server.on(page(1), answer(200, envelope(1, 4, 1, 2)), answer(200, envelope(1, 4, 9, 1)))
        server.on(page(2), answer(200, envelope(2, 4, 2, 4)), answer(200, envelope(2, 4, 3, 4)))
        server.on(page(3), answer(200, envelope(3, 4)))
        assert ids(voxo.campaigns(17)) == [9, 1, 3, 4]

    def test_is_an_error_if_the_list_changes_in_every_reading(
        self, server: Scripted, voxo: Voxo
    ) -> None:
        server.on(LIST, answer(200, envelope(1, 3, 1)))
        server.on(page(1), *(answer(200, envelope(1, 3, n, n + 1)) for n in range(1, 20)))
        server.on(page(2), *(answer(200, envelope(2, 4, n + 2, n + 3)) for n in range(1, 20)))
        with pytest.raises(BadAnswer, match="changed in each of 5 readings"):
            voxo.campaigns(17)
        assert len(server.received) == 1 + 5 * 2


class TestBareListOfTheLengthOfAPage:
    def test_continues_with_the_next_page(self, server: Scripted, voxo: Voxo) -> None:
        server.on(LIST, answer(200, records(*range(1, 51))))
        server.on(page(2, 50), answer(200, records(*range(51, 101))))
        server.on(page(3, 50), answer(200, records(101)))
        assert ids(voxo.campaigns(17)) == [*range(1, 102)]
        assert len(server.received) == 3

    @pytest.mark.parametrize(
        "next_page",
        [
            answer(200, []),
            answer(200, {"records": [], "page": 2, "totalRecords": 100}),
            answer(200, records(*range(1, 101))),  # the server ignores the page
            answer(400, {"message": "no such parameter"}),
            answer(404),
        ],
    )
    def test_ends_if_there_is_no_next_page(
        self, server: Scripted, voxo: Voxo, next_page: Reply
    ) -> None:
        server.on(LIST, answer(200, records(*range(1, 101))))
        server.on(page(2, 100), next_page)
        assert ids(voxo.campaigns(17)) == [*range(1, 101)]
        assert len(server.received) == 2

    def test_is_an_error_if_the_response_to_the_next_page_is_unreadable(
        self, server: Scripted, voxo: Voxo
    ) -> None:
        server.on(LIST, answer(200, records(*range(1, 51))))
        server.on(page(2, 50), answer(200, b"<html>"))
        with pytest.raises(BadAnswer):
            voxo.campaigns(17)

    @pytest.mark.parametrize("length", [1, 49, 51, 99])
    def test_is_complete_with_any_other_length(
        self, server: Scripted, voxo: Voxo, length: int
    ) -> None:
        server.on(LIST, answer(200, records(*range(length))))
        assert len(voxo.campaigns(17)) == length
        assert len(server.received) == 1


@pytest.mark.parametrize("identity", [{"campaignId": 4711}, {"campaignId": "4711", "id": None}])
def test_campaign_id_is_used_if_the_id_is_missing(
    server: Scripted, voxo: Voxo, identity: dict[str, Any]
) -> None:
    server.on(f"{ADMIN}/4711", answer(200, {**identity, "name": "Spring"}))
    server.on(LIST, answer(200, [{**identity, "name": "Spring"}]))
    assert voxo.campaign(4711)["id"] == 4711
    assert ids(voxo.campaigns(17)) == [4711]


@pytest.mark.parametrize("identity", [{"campaignId": 4712}, {"id": 4712, "campaignId": 4711}])
def test_id_takes_precedence_over_campaign_id(
    server: Scripted, voxo: Voxo, identity: dict[str, int]
) -> None:
    server.on("*", answer(200, identity))
    with pytest.raises(BadAnswer, match="is about campaign 4712, not 4711"):
        voxo.campaign(4711)
