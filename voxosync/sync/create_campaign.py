"""Creates one campaign, and verifies that it is what was requested."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from voxosync.errors import CampaignError, JournalError, NotFound, OutcomeUnknown, RunEnded
from voxosync.model.campaign import LiveCampaign
from voxosync.model.change import FieldChange
from voxosync.model.fields import MAX_ID
from voxosync.model.outcome import Outcome, Result
from voxosync.model.plan import CampaignPlan
from voxosync.model.values import Unreadable
from voxosync.sync.fetch import fetch
from voxosync.sync.update_campaign import Sender
from voxosync.sync.verify import disagreements, readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from threading import Event

    from voxosync.model.creation import Creation
    from voxosync.sync.journal import Journal
    from voxosync.voxo.client import Voxo

_PAUSE_AGAIN = (Outcome.APPLIED, Outcome.STALE, Outcome.FAILED)
"""After these outcomes, a campaign that still dials is paused once more; after others, that would not help."""


@dataclass(slots=True)
class _Verification:
    """What is known of a campaign that was created.

    Attributes:
        body: what was requested.
        answer: VOXO's answer to the POST, if it can be read; it may be only a part of the campaign.
        live: the last reading.
        trouble: why the last read failed.
        imposed_state: the state that VOXO gave it instead of the requested PAUSED, in words.
        pause: the result of pausing it in that case.
    """

    campaign: int
    creation: Creation
    body: Mapping[str, Any]
    answer: LiveCampaign | None
    live: LiveCampaign | None = None
    trouble: CampaignError | RunEnded | None = None
    imposed_state: str = ""
    pause: Result | None = None

    @property
    def is_paused(self) -> bool:
        """Whether it dialed and could be paused."""
        return self.pause is not None and self.pause.outcome.is_good

    @property
    def is_known_not_to_dial(self) -> bool:
        """Whether it does not dial against a requested PAUSED, according to everything that was read."""
        latest = self.live or self.answer
        if self.is_paused or self.body.get("state") != "PAUSED":
            return True
        return latest is not None and latest.state == "PAUSED"

    def dials_against_request(self, live: LiveCampaign) -> bool:
        """Whether it may dial although PAUSED was requested: in any state except PAUSED."""
        return self.body.get("state") == "PAUSED" and live.state != "PAUSED"

    def result(self, outcome: Outcome, *details: str) -> Result:
        new = self.creation.new
        detail = "; ".join(filter(None, (self._pause_text(), *details)))
        return Result(self.campaign, new.name, new.file, outcome, tuple(self.body), detail)

    def _pause_text(self) -> str:
        if self.pause is None:
            return ""
        sentence = f"PAUSED was requested, but VOXO made it {self.imposed_state}"
        if self.is_paused:
            return f"{sentence}: it was set to PAUSED at once"
        if self.live is not None and self.live.state == "PAUSED":
            return f"{sentence}; it is PAUSED by now"
        return f"{sentence}, and it could not be paused ({self.pause.detail}): pause it in VOXO now"


class Creator:
    """Creates campaigns, one after another.

    Args:
        voxo: where.
        journal: where each POST and PATCH is recorded before it is sent.
        stop: when set, no write request is begun. Set here when a campaign dials against the request, or may, and could
            not be paused, because the next one might too.
        existing_ids: the ids that definitions have, none of which VOXO can give to a new campaign.
    """

    def __init__(
        self, voxo: Voxo, journal: Journal, stop: Event, existing_ids: Iterable[int] = ()
    ) -> None:
        self._voxo = voxo
        self._journal = journal
        self._stop = stop
        self._existing_ids = set(existing_ids)
        self._sender = Sender(voxo, None, journal, stop)

    def create(self, creation: Creation) -> Result:
        """Creates a campaign unless an earlier run has, and reads it back.

        The result is `failed` where the campaign is not the one of the definition, so that its id must not be written:
        VOXO created it in another tenant, or does not have what an earlier run created. The journal records that.

        Raises:
            CampaignError: VOXO refused; or OutcomeUnknown: a campaign may have been created.
            RunEnded: VOXO cannot be reached anymore; nothing was created.
            JournalError: the journal cannot be written, so nothing was sent.
        """
        past = creation.past
        if past is not None and past.campaign is not None:
            verification = _Verification(past.campaign, creation, past.created.body, None)
        else:
            answer = self._post(creation)
            verification = _Verification(answer["id"], creation, creation.body, _live(answer))
        self._read_back(verification)
        if not verification.is_known_not_to_dial:
            self._stop.set()
        result = _verdict(verification)
        if result.outcome is Outcome.FAILED:
            with suppress(JournalError):  # then a later run finds the same
                self._journal.abandoned(creation.new, result.id, result.detail)
        return result

    def _post(self, creation: Creation) -> dict[str, Any]:
        """Creates one campaign; returns VOXO's answer, whose id is in the journal by then."""
        new, journal = creation.new, self._journal
        journal.creating(new, creation.body)
        try:
            answer = self._voxo.create(creation.body, self._stop)
        except (CampaignError, RunEnded) as failure:
            outcome = "unknown" if isinstance(failure, OutcomeUnknown) else "refused"
            with suppress(JournalError):  # without a line that says so, the outcome is unknown
                journal.created(new, outcome, detail=str(failure))
            raise
        campaign = answer["id"]
        if not 1 <= campaign <= MAX_ID or campaign in self._existing_ids:
            reason = "another definition has" if campaign in self._existing_ids else "cannot be one"
            trouble = (
                f"VOXO named the id {campaign}, which {reason}: look for the new campaign there"
            )
            with suppress(JournalError):
                journal.created(new, "unknown", detail=trouble)
            raise OutcomeUnknown(trouble)
        try:
            journal.created(new, "accepted", campaign)
        except JournalError as failure:
            trouble = f"VOXO created campaign {campaign}: write its id into the definition by hand"
            raise OutcomeUnknown(f"{trouble}: {failure}") from failure
        self._existing_ids.add(campaign)
        return answer

    def _read_back(self, verification: _Verification) -> None:
        """Reads the campaign until it is as requested, up to a limit; pauses it where it dials against the request."""
        answer = verification.answer
        if answer is not None and answer.state and verification.dials_against_request(answer):
            self._pause(verification, answer)
        read = partial(fetch, self._voxo, verification.campaign)
        try:
            for reading in readings(read, self._voxo.back_off):
                if isinstance(reading, CampaignError):
                    verification.trouble = reading
                    continue
                verification.live = live = _with_tenant(reading, answer)
                if verification.dials_against_request(live):
                    self._pause(verification, live)
                elif not disagreements(verification.body, live):
                    return
        except RunEnded as ending:
            verification.trouble = ending

    def _pause(self, verification: _Verification, live: LiveCampaign) -> None:
        before = verification.pause
        if before is not None and before.outcome not in _PAUSE_AGAIN:
            return
        new = verification.creation.new
        pause = self._sender.send(
            CampaignPlan(
                verification.campaign,
                new.name,
                new.file,
                changes=(FieldChange("state", live.state, "PAUSED"),),
                patch={"state": "PAUSED"},
                live_state=live.state,
            )
        )
        if pause.outcome is not Outcome.ALREADY_SO:
            verification.pause = pause
            verification.imposed_state = live.state or "without a state"


def _verdict(verification: _Verification) -> Result:
    """The result of the verification of a campaign."""
    campaign, live = verification.campaign, verification.live
    tenant = verification.body["tenantId"]
    latest = live or verification.answer
    if latest is not None and latest.tenant_id not in (None, tenant):
        return verification.result(
            Outcome.FAILED,
            f"tenant {tenant} was requested, but VOXO has it in tenant {latest.tenant_id}, so its id was not "
            "written into the definition: delete it in VOXO, and pass --again to create another one",
        )
    past = verification.creation.past
    if live is None and past is not None and isinstance(verification.trouble, NotFound):
        return verification.result(
            Outcome.FAILED,
            f"run {past.run_id} created campaign {campaign}, but VOXO does not show it: {verification.trouble}"
            "; if it was deleted, pass --again to create another one",
        )
    if live is None:
        doubt = "" if verification.is_known_not_to_dial else ", and may dial"
        return verification.result(
            Outcome.UNKNOWN, f"it could not be read back{doubt}: {verification.trouble}"
        )
    differing = [
        str(disagreement)
        for disagreement in disagreements(verification.body, live)
        if disagreement.field != "state" or verification.pause is None
    ]
    as_asked = verification.pause is None and not differing
    return verification.result(Outcome.APPLIED if as_asked else Outcome.NOT_CONVERGED, *differing)


def _live(answer: Mapping[str, Any]) -> LiveCampaign | None:
    """The campaign in the answer to a POST; None where it cannot be read."""
    try:
        return LiveCampaign.from_response(answer)
    except Unreadable:
        return None


def _with_tenant(live: LiveCampaign, answer: LiveCampaign | None) -> LiveCampaign:
    """The reading, with the tenant of the answer where the reading has none."""
    if live.tenant_id is not None or answer is None:
        return live
    return replace(live, tenant_id=answer.tenant_id)
