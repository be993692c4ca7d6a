"""Which VOXO a call is about: flags beat environment variables beat `voxosync.yaml`."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from voxosync.definitions.find import ProjectLayout
from voxosync.definitions.settings import Environment, Settings, read_settings
from voxosync.errors import UsageError
from voxosync.model.fields import MAX_ID
from voxosync.voxo.endpoint import endpoint, same_voxo

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from voxosync.cli.context import Context
    from voxosync.model.guard import Guards
    from voxosync.model.problem import Position

DEFAULT_BASE_URL = "https://api.voxo.co"
_OTHERS_MAY_READ = stat.S_IRGRP | stat.S_IROTH


@dataclass(frozen=True, slots=True)
class Flags:
    """What the options of a call say; None: not given."""

    base_url: str | None = None
    tenant_id: int | None = None
    token_file: Path | None = None
    read: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One VOXO account, resolved; its URL and token are checked by `ApiCredentials.of`.

    Attributes:
        environments: all that `voxosync.yaml` names.
    """

    base_url: str
    tenant_id: int | None
    read: str
    flags: Flags
    environment: Environment | None
    guards: Guards
    environments: Mapping[str, Environment] = field(default_factory=dict)

    @property
    def is_given(self) -> bool:
        """Whether somebody said which VOXO, instead of leaving it to the default."""
        variable = os.environ.get("VOXO_API_BASE_URL", "").strip()
        return bool(self.flags.base_url or self.environment or variable)

    @property
    def unnamed(self) -> str | None:
        """The protected environment that this is, or may be, where the call does not name it.

        A tenant that nobody gives may be any, unless the call names an environment and changes nothing of it:
        then two environments of `voxosync.yaml` are two tenants.
        """
        named = self.environment
        if named is not None and named.protected and self._is_as_configured:
            return None
        is_sure = self._is_as_configured or (named is not None and self._may_be(named))
        for name, environment in self.environments.items():
            is_other = environment.protected and environment is not named
            if is_other and self._may_be(environment, is_sure=is_sure):
                return name
        return None

    @property
    def _is_as_configured(self) -> bool:
        """Whether this is just what the environment of the call says."""
        here = self.environment
        if here is None:
            return False
        at = here.base_url or DEFAULT_BASE_URL
        return self.tenant_id == here.tenant_id and same_voxo(self.base_url, at)

    def _may_be(self, environment: Environment, *, is_sure: bool = False) -> bool:
        """Whether requests may arrive at an environment's tenant of VOXO, however its URL is spelled.

        Args:
            environment: the environment.
            is_sure: whether a tenant that nobody gives is another one.
        """
        tenants = (self.tenant_id, environment.tenant_id)
        if is_sure if None in tenants else len(set(tenants)) > 1:
            return False
        at = environment.base_url or DEFAULT_BASE_URL
        return endpoint(at).address == endpoint(self.base_url).address

    @property
    def url_place(self) -> Position | None:
        """Where `voxosync.yaml` gives the base URL, if it is from there."""
        if self.environment is None or self.flags.base_url is not None:
            return None
        return self.environment.base_url_position

    @property
    def token_source(self) -> str:
        """Where `token` has it from, for messages."""
        if self.flags.token_file is not None:
            return f"the file {self.flags.token_file}"
        return self._token_variable

    @property
    def _token_variable(self) -> str:
        return self.environment.token_variable if self.environment else "VOXO_API_TOKEN"

    def token(self) -> str:
        """The token.

        Raises:
            UsageError: there is none, or its file cannot be used.
        """
        if self.flags.token_file is not None:
            if self.environment is not None:
                raise UsageError(
                    f"with --env the token comes from {self._token_variable} only: leave out --token-file"
                )
            return _token_from(self.flags.token_file)
        variable = self._token_variable
        token = os.environ.get(variable, "")
        if not token.strip():
            or_file = "" if self.environment else ", or name a file with --token-file"
            raise UsageError(f"there is no token: set {variable}{or_file}")
        return token


def project(context: Context) -> ProjectLayout:
    """The project's folders: of the definitions, the environment's, else `campaigns`.

    Raises:
        SettingsError: `voxosync.yaml` is wrong.
        UsageError: the environment is unknown.
    """
    settings = read_settings(context.folder)
    environment = _environment(context, settings)
    return ProjectLayout(
        context.folder,
        context.folder / ((environment and environment.campaigns) or "campaigns"),
        context.environment,
        tuple(settings.environments),
    )


def resolve(context: Context, flags: Flags) -> Target:
    """The VOXO account that this call is about.

    Raises:
        SettingsError: `voxosync.yaml` is wrong.
        UsageError: the environment is unknown, or a variable contradicts it.
    """
    settings = read_settings(context.folder)
    environment = _environment(context, settings)
    base_url, tenant = os.environ.get("VOXO_API_BASE_URL", "").strip(), _tenant(os.environ)
    if environment is not None:
        at = environment.base_url or DEFAULT_BASE_URL
        if base_url and not same_voxo(base_url, at):
            raise _contradiction("VOXO_API_BASE_URL", base_url, at, context)
        if tenant and environment.tenant_id not in (None, tenant):
            raise _contradiction("VOXO_TENANT_ID", tenant, environment.tenant_id, context)
        base_url, tenant = at, tenant or environment.tenant_id
    base_url = (base_url or DEFAULT_BASE_URL) if flags.base_url is None else flags.base_url
    tenant = flags.tenant_id or tenant
    return Target(
        base_url=base_url,
        tenant_id=tenant,
        read=flags.read or (environment and environment.read) or "auto",
        flags=flags,
        environment=environment,
        guards=settings.guards,
        environments=settings.environments,
    )


def _environment(context: Context, settings: Settings) -> Environment | None:
    if context.environment is None:
        return None
    environments = settings.environments
    if context.environment not in environments:
        known = ", ".join(environments) or "none"
        raise UsageError(
            f"there is no environment {context.environment!r}: voxosync.yaml names {known}"
        )
    return environments[context.environment]


def _contradiction(variable: str, value: Any, expected: Any, context: Context) -> UsageError:
    """With `--env`, a leftover variable must not send one environment's campaigns to another."""
    return UsageError(
        f"{variable} is {shown(value)}, but the environment {context.environment} says "
        f"{shown(expected)}: unset {variable}"
    )


def shown(value: Any) -> str:
    """What a message may repeat of a URL that nobody has checked: it may hold a password."""
    return "…@…" if "@" in str(value) else re.split(r"[?#]", str(value), maxsplit=1)[0]


def _tenant(variables: Mapping[str, str]) -> int | None:
    text = variables.get("VOXO_TENANT_ID", "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:20]) <= MAX_ID:
        raise UsageError(f"VOXO_TENANT_ID must be a whole number from 1 to {MAX_ID}")
    return int(text)


def _token_from(path: Path) -> str:
    try:
        if os.name == "posix" and path.stat().st_mode & _OTHERS_MAY_READ:
            raise UsageError(f"others can read the token file {path}: chmod 600 it")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) else "it is not UTF-8"
        raise UsageError(f"cannot read the token file {path}: {reason}") from failure
