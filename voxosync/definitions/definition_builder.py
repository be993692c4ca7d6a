"""Builds a campaign in canonical form from the values of a definition and of its defaults."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from voxosync.definitions import contacts, definition_rules
from voxosync.definitions.campaign_settings import CampaignSettings, read_campaign_settings
from voxosync.definitions.contacts import Contacts
from voxosync.definitions.contacts_csv import from_csv
from voxosync.definitions.definition_ids import Identities, Identity, identities, whole_number
from voxosync.definitions.nodes import MappingNode, Node, Scalar, SequenceNode, position
from voxosync.definitions.value_sources import (
    effective_values,
    neither_id_nor_name,
    starting_default,
)
from voxosync.model.campaign import Definition
from voxosync.model.fields import FIELDS, WRITABLE
from voxosync.model.kinds.phone_list import NUMBERS
from voxosync.model.problem import Position, Problem, error
from voxosync.model.values import Destination, Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from voxosync.definitions.project_layout import ProjectLayout
    from voxosync.definitions.value_sources import Effective, Source, Sources


_WRITABLE = frozenset(WRITABLE)


@dataclass(frozen=True, slots=True)
class BuildContext:
    """What is the same for every definition that is read.

    Attributes:
        project: the project's folders and environments.
        now: the present moment, aware.
        needs_ids: whether it is an error if ids differ by environment and no environment is chosen.
        creating: whether campaigns are to be created, so that definitions need no id.
        do_not_call: the phones that may not be called.
        drops: whether those phones are left out of definitions.
    """

    project: ProjectLayout
    now: datetime
    needs_ids: bool
    creating: bool = False
    do_not_call: Collection[str] = frozenset()
    drops: bool = False


@dataclass(slots=True)
class Notes:
    """What reading produces in addition to the definitions.

    Attributes:
        problems: in the order in which they are found.
        files: the names, in messages, of the files that were read or looked for, in that order.
        identities: every id that was read.
        judged: what policies judge: complete campaigns in the chosen environment; if none is chosen, in each
            environment that has values of its own.
        elsewhere: the positions of complete campaigns that have ids for other environments only.
    """

    problems: list[Problem] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)
    judged: list[Definition] = field(default_factory=list)
    elsewhere: list[Position] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Variant:
    """A campaign in one environment.

    Attributes:
        name: the environment; None: none is chosen.
        is_whole: whether the definition has all its values.
        problems: what is wrong with it.
    """

    name: str | None
    definition: Definition
    is_whole: bool
    problems: list[Problem]


@dataclass(slots=True)
class Builder:
    """Builds campaigns one by one, and notes what is wrong with them."""

    context: BuildContext
    notes: Notes

    def build(
        self, source: Source, defaults: tuple[Source, ...], *, complete: bool
    ) -> Definition | None:
        """The campaign of a definition; None: a value was refused, or it has ids for other environments only.

        Args:
            source: the definition.
            defaults: the defaults that apply to it, the nearest first.
            complete: whether the schema accepted the definition.
        """
        sources, project = (source, *defaults), self.context.project
        present = project.environment
        if complete and not self.context.creating:
            self.notes.problems += neither_id_nor_name(sources)
        ids = identities(source, project, needed=self.context.needs_ids)
        self.notes.problems += ids.problems
        self.notes.identities += ids.all
        lists: dict[int, Contacts] = {}
        usual = self._variant(sources, ids, present, lists, complete=complete)
        overridden = dict.fromkeys(name for source in sources for name in source.overrides)
        variants = [
            self._variant(sources, ids, name, lists, complete=complete)
            for name in overridden
            if name in project.environments and name != present
        ]
        names = {variant.name for variant in variants}
        if present is not None or not ids.environments or ids.environments - names:
            variants.insert(0, usual)
        self.notes.problems += _problems_once(usual, variants)
        is_usable = usual.is_whole and (ids.is_here or self.context.creating)
        judged = variants if present is None else [usual] if is_usable else []
        self.notes.judged += [variant.definition for variant in judged if variant.is_whole]
        if usual.is_whole and not is_usable:
            self.notes.elsewhere.append(ids.position)
        return usual.definition if is_usable else None

    def _variant(
        self,
        sources: Sources,
        ids: Identities,
        name: str | None,
        lists: dict[int, Contacts],
        *,
        complete: bool,
    ) -> _Variant:
        """The campaign in an environment.

        Args:
            sources: what gives values, the nearest first.
            ids: the ids of the definition.
            name: the environment; None: none is chosen.
            lists: the lists of numbers that were read for this definition, by the `id()` of their nodes.
            complete: whether the schema accepted the definition.
        """
        effective = effective_values(sources, name)
        problems = [*starting_default(sources, effective, name)]
        definition = self._definition(effective, ids, lists, problems)
        if name is not None:
            keys = {key for source in sources for key in source.overrides.get(name, ())}
            names = dict.fromkeys(keys & effective.keys(), name)
            definition = replace(definition, overridden=names)
        is_whole = complete and definition.values.keys() >= effective.keys() & _WRITABLE
        problems += (
            problem
            for problem in definition_rules.check(definition, self.context.now)
            if is_whole or problem.is_error  # the cause of a warning may be a missing value
        )
        return _Variant(name, definition, is_whole, problems)

    def _definition(
        self,
        effective: Effective,
        ids: Identities,
        lists: dict[int, Contacts],
        problems: list[Problem],
    ) -> Definition:
        """The canonical form. A value that has none is a problem, and is left out."""
        values: dict[str, Value] = {}
        positions: dict[str, Position] = {}
        listed = Contacts()
        for name in WRITABLE:
            if name not in effective:
                continue
            node, source = effective[name]
            start = Position(source.file, node.line + 1, node.column + 1)
            try:
                if type(node) is Scalar:
                    values[name] = FIELDS[name].kind.from_text(node.text)
                elif FIELDS[name].kind is NUMBERS:
                    if id(node) not in lists:
                        lists[id(node)] = self._contacts(node, source)
                        lists[id(node)].look_up(self.context.do_not_call, drops=self.context.drops)
                    listed = lists[id(node)]
                    values[name] = listed.numbers
                else:
                    values[name] = _destinations(node)
            except ValueError as failure:
                problems.append(error(start, "value", f"{name}: {failure}"))
            else:
                positions[name] = start
        problems += listed.problems
        tenant_id, settings = None, CampaignSettings()
        if "tenantId" in effective:
            node, source = effective["tenantId"]
            positions["tenantId"] = position(source.file, node)
            tenant_id = whole_number(node)
        if "voxosync" in effective:
            node, source = effective["voxosync"]
            positions["voxosync"] = position(source.file, node)
            settings, wrong = read_campaign_settings(node, source.file)
            problems += wrong
        return Definition(
            id=ids.chosen or 0,
            position=ids.position,
            values=values,
            positions=positions,
            number_fields=listed.fields,
            number_zones=listed.zones,
            empty_file=listed.empty_file,
            list_remarks=listed.remarks,
            excluded=self.context.do_not_call if self.context.drops else frozenset(),
            tenant_id=tenant_id,
            **settings._asdict(),
        )

    def _contacts(self, value: Node, source: Source) -> Contacts:
        csv_path = contacts.file_of(value)
        if csv_path is None:
            assert isinstance(value, SequenceNode)  # noqa: S101  # the schema: a list or {file: …}
            return contacts.from_yaml(value, source.file)
        path, problems = contacts.resolve(
            csv_path, source.folder, self.context.project.limit, source.file
        )
        if path is None:
            return Contacts(problems=problems)
        file = self.context.project.display_path(path)
        self.notes.files.append(file)
        return from_csv(path, file)


def _problems_once(usual: _Variant, variants: Iterable[_Variant]) -> Iterable[Problem]:
    """The problems of a campaign's variants. One that the usual variant does not have names its environment."""
    usual_problems = {*usual.problems}
    problems: dict[Problem, Problem] = {}
    for variant in variants:
        for problem in variant.problems:
            is_usual = problem in usual_problems
            problems.setdefault(
                problem, problem if is_usual else _with_environment(problem, variant.name)
            )
    return problems.values()


def _with_environment(problem: Problem, environment: str | None) -> Problem:
    """A problem that exists in one environment only."""
    return replace(problem, message=f"{problem.message} (with --env {environment})")


def _destinations(node: Node) -> tuple[Destination, ...]:
    assert isinstance(node, SequenceNode)  # noqa: S101  # the schema: a list
    destinations = []
    for item in node.items:
        assert isinstance(item, MappingNode)  # noqa: S101  # the schema: a mapping of type and id
        kind = item.values["type"]
        assert isinstance(kind, Scalar)  # noqa: S101  # the schema: a scalar
        destinations.append(Destination(kind.text, whole_number(item.values["id"])))
    return tuple(destinations)
