"""Writes definitions of live campaigns."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from voxosync.app.file_writer import replace_all
from voxosync.app.import_files import Draft, DraftMaker, LiveAnswer, contents, existing_definitions
from voxosync.errors import BadAnswer, CampaignError, UsageError
from voxosync.model.import_result import ImportedCampaign, ImportResult
from voxosync.sync.fetch import fetch_each, live_campaign
from voxosync.sync.plan import Planner
from voxosync.sync.tenant_guard import wrong_tenant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voxosync.app.project import Project
    from voxosync.definitions.project_layout import ProjectLayout
    from voxosync.model.problem import Problem

_BUG = "this is a bug in voxosync: what it wrote is not what VOXO has"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Which live campaigns are imported, and how their definitions are written.

    Attributes:
        ids: campaign ids; empty: all campaigns of the tenant.
        match: a pattern for the names of the tenant's campaigns, such as `Spring*`; None: every name.
        into: the folder of new definitions, in the campaigns folder; None: that folder.
        inline: the most numbers that a definition itself holds; more go to a CSV file.
        overwrite: whether existing definitions are rewritten.
    """

    ids: Sequence[int] = ()
    match: str | None = None
    into: Path | None = None
    inline: int = 200
    overwrite: bool = False


def import_campaigns(project: Project, options: ImportOptions) -> ImportResult:
    """Writes definitions; arguments and errors as `Project.import_campaigns` has them."""
    project.target  # noqa: B018  # raises before a definition is read
    layout = project.layout
    folder = _folder(project, options.into)
    existing = existing_definitions(layout, project.now)
    files = {id_: definition.position.file for id_, definition in existing.items()}
    defined_in = {} if options.overwrite else files
    project.voxo  # noqa: B018  # checks the token before anything else is refused
    skipped: dict[int, str] = {}
    if options.ids:
        ids = _named(options.ids, defined_in)
    else:
        ids, skipped = _listed(project, options.match, defined_in)
    answers = _read(project, ids)
    draft_maker = DraftMaker(
        layout,
        folder,
        existing,
        project.now,
        inline=options.inline,
        environment=_environment_of_ids(project),
    )
    drafts, failures = _drafts(draft_maker, answers)
    replace_all(*contents(layout, drafts, overwrite=options.overwrite), project.folder)
    problems: Sequence[Problem] = ()
    if drafts:
        not_in_sync, problems = _not_in_sync(project, drafts)
        failures |= not_in_sync
    campaigns = [_campaign_of(draft, layout) for draft in drafts]
    return ImportResult(campaigns, failures, skipped, problems)


def _folder(project: Project, into: Path | None) -> Path:
    """The folder of new definitions, by the name that the campaigns folder has."""
    layout = project.layout
    root = os.path.abspath(layout.campaigns)  # noqa: PTH100  # resolve() would follow links
    try:
        inside = Path(os.path.relpath(layout.folder / into, root)) if into is not None else Path()
    except ValueError:  # on another drive of Windows
        inside = Path("..")
    if any(part.startswith(".") for part in inside.parts):
        raise UsageError(
            f"--into {into}: definitions are read only from {layout.display_path(layout.campaigns)} and the folders "
            "below it whose names do not begin with a dot: choose one of those"
        )
    return layout.campaigns / inside


def _named(ids: Sequence[int], defined_in: Mapping[int, str]) -> list[int]:
    """The named campaigns, which must not have a definition."""
    conflicts = [
        f"{defined_in[campaign_id]} already defines {campaign_id}"
        for campaign_id in ids
        if campaign_id in defined_in
    ]
    if conflicts:
        raise UsageError(
            f"{'; '.join(conflicts)}: to replace it, pass --overwrite; to keep its comments, run voxosync pull"
        )
    return list(ids)


def _listed(
    project: Project, match: str | None, defined_in: Mapping[int, str]
) -> tuple[list[int], dict[int, str]]:
    """The tenant's campaigns that match and have no definition, and those that have one, with its file."""
    tenant_id = project.target.tenant_id
    if tenant_id is None:
        raise UsageError(
            "--all and --match require the tenant: set VOXO_TENANT_ID, or pass --tenant-id"
        )
    names = {
        int(raw["id"]): str(raw.get("name") or "") for raw in project.voxo.campaigns(tenant_id)
    }
    if match is not None:
        pattern = match.casefold()
        names = {id_: name for id_, name in names.items() if fnmatchcase(name.casefold(), pattern)}
        if not names:
            raise UsageError(
                f"--match {match}: no campaign of tenant {tenant_id} has a name that matches"
            )
    skipped = {id_: defined_in[id_] for id_ in sorted(defined_in.keys() & names.keys())}
    return [id_ for id_ in names if id_ not in defined_in], skipped


def _read(project: Project, ids: Sequence[int]) -> dict[int, LiveAnswer | CampaignError]:
    tenant_id = project.target.tenant_id

    def read(campaign_id: int) -> LiveAnswer:
        raw = project.voxo.campaign(campaign_id)
        live = live_campaign(raw)
        if problem := wrong_tenant(live, tenant_id):
            raise BadAnswer(problem)
        return LiveAnswer(live.before_quiesce(), raw)

    with project.listener.progress("Reading campaigns", len(ids)) as progress:
        return fetch_each(
            ids, read, workers=project.connection.concurrency, on_read=progress.advance
        )


def _environment_of_ids(project: Project) -> str | None:
    """The chosen environment, if definitions of another one are in the same folder."""
    if project.environment is None:
        return None
    folders = [
        os.path.normpath(environment.campaigns or "campaigns")
        for environment in project.settings.environments.values()
    ]
    own = os.path.normpath(
        project.settings.environments[project.environment].campaigns or "campaigns"
    )
    return project.environment if folders.count(own) > 1 else None


def _drafts(
    draft_maker: DraftMaker, answers: Mapping[int, LiveAnswer | CampaignError]
) -> tuple[list[Draft], dict[int, str]]:
    drafts: list[Draft] = []
    failures: dict[int, str] = {}
    for campaign_id, answer in answers.items():
        if isinstance(answer, CampaignError):
            failures[campaign_id] = str(answer)
            continue
        try:
            drafts.append(draft_maker.draft(answer))
        except ValueError as failure:
            failures[campaign_id] = f"cannot be written as a definition: {failure}"
    return drafts, failures


def _campaign_of(draft: Draft, layout: ProjectLayout) -> ImportedCampaign:
    csv = layout.display_path(draft.contacts)
    has_csv = draft.emitted.csv is not None
    is_unused = draft.old is not None and not has_csv and draft.contacts.exists()
    return ImportedCampaign(
        draft.live.id,
        str(draft.live.values.get("name") or ""),
        layout.display_path(draft.path),
        len(draft.live.numbers),
        csv=csv if has_csv else None,
        unused_csv=csv if is_unused else None,
        left_out=tuple(draft.emitted.left_out),
    )


def _not_in_sync(
    project: Project, drafts: Sequence[Draft]
) -> tuple[dict[int, str], Sequence[Problem]]:
    """Campaigns that are not in sync with the new definitions, which no answer of VOXO should cause; and problems."""
    loaded = project.definitions([draft.path for draft in drafts])
    campaigns, _ = Planner(project.now, project.target.tenant_id).compare(
        loaded.definitions, {draft.live.id: draft.live for draft in drafts}
    )
    in_sync = {campaign.id for campaign in campaigns if not campaign.changes and not campaign.error}
    failures = {draft.live.id: _BUG for draft in drafts if draft.live.id not in in_sync}
    return failures, loaded.problems
