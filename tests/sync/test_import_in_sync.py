"""A plan is in sync right after `import`, whatever VOXO has and however it is spelled."""

from __future__ import annotations

import json
import tempfile
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effort import usual_or_deep
from tests.sync.builders import NOW
from tests.sync.fake_voxo import FakeVoxo
from tests.sync.strategies import SCALARS, campaigns, spellings
from voxosync.app.file_writer import replace_all
from voxosync.app.import_files import DraftMaker, LiveAnswer, contents, existing_definitions
from voxosync.definitions.load import load
from voxosync.definitions.project_layout import ProjectLayout
from voxosync.model.campaign import LiveCampaign
from voxosync.model.fields import FIELDS, WRITABLE
from voxosync.model.plan import Status
from voxosync.model.values import Unreadable
from voxosync.sync.plan import Planner

LIMITS = st.sampled_from([0, 3, 200])

DEFAULTS = st.fixed_dictionaries(
    {},
    optional={
        **{name: SCALARS[name] for name in ("tech", "state", "timezone", "recording")},
        **dict.fromkeys(("callHoursStart", "callHoursEnd"), st.sampled_from(["09:00", "17:00"])),
        "name": st.just("By default"),
        "dateStart": st.just("2098-01-01"),
        "numbers": st.just([{"number": "6015550199"}]),
        "destinations": st.just([{"type": "QUEUE", "id": 77}]),
        "voxosync": st.sampled_from(
            [{"manageNumbers": "add"}, {"unmanaged": ["tech", "message"]}, {"ignore": ["state"]}]
        ),
    },
)
"""The content of `_defaults.yaml`, as JSON, which is also YAML."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


def assert_import_is_in_sync(raw: dict[str, Any], limit: int, defaults: dict[str, Any]) -> None:
    """Import a campaign into an empty project, and check that its plan is in sync."""
    live = LiveCampaign.from_response(raw)
    with tempfile.TemporaryDirectory() as temporary:
        project = ProjectLayout(Path(temporary), Path(temporary, "campaigns"))
        project.campaigns.mkdir()
        if defaults:
            (project.campaigns / "_defaults.yaml").write_text(json.dumps(defaults), "utf-8")
        draft_maker = DraftMaker(
            project,
            project.campaigns,
            existing_definitions(project, NOW),
            NOW,
            inline=limit,
            environment=None,
        )
        draft = draft_maker.draft(LiveAnswer(live, raw))
        replace_all(*contents(project, [draft], overwrite=False), project.folder)
        loaded = load(project, [], NOW)
    assert not loaded.failed, loaded.problems
    campaigns, _ = Planner(NOW).compare(loaded.definitions, {live.id: live})
    assert [entry.status for entry in campaigns] == [Status.IN_SYNC], campaigns
    fields = {name for name, value in live.values.items() if value is not None}
    fields -= draft.emitted.left_out.keys()
    (definition,) = loaded.definitions
    assert fields - set(definition.values) <= {"tech", "message"}, (
        "only fields that the defaults leave unmanaged"
    )
    assert set(definition.values) <= fields


@given(campaigns(), spellings, LIMITS, DEFAULTS)
def test_any_campaign_is_in_sync_in_any_spelling(
    stored: Any, spelling: Any, limit: int, defaults: dict[str, Any]
) -> None:
    assert_import_is_in_sync(
        FakeVoxo([replace(stored, tenant_id=7)], spelling).answer(stored.id), limit, defaults
    )


USUAL_SPELLING = FakeVoxo([]).spelling  # the usual spelling of responses


@settings(max_examples=usual_or_deep(200))
@given(
    campaigns(),
    st.dictionaries(st.sampled_from([*FIELDS, "extra"]), JSON, max_size=4),
    st.lists(st.sampled_from(WRITABLE), max_size=2),
    LIMITS,
)
def test_any_response_with_an_id_and_a_tenant_is_in_sync(
    stored: Any, odd: dict[str, Any], missing: list[str], limit: int
) -> None:
    raw = deepcopy(FakeVoxo([stored], USUAL_SPELLING).answer(stored.id)) | odd
    for name in missing:
        raw.pop(name, None)
    try:
        LiveCampaign.from_response(raw)
    except Unreadable:
        return  # without a readable tenant, nothing is imported
    assert_import_is_in_sync(raw, limit, {})
