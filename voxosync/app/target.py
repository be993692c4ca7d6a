"""Which VOXO a project uses: options take precedence over environment variables, these over `voxosync.yaml`."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from voxosync.errors import SettingsError, UsageError
from voxosync.model.fields import MAX_ID
from voxosync.model.problem import error
from voxosync.voxo.endpoint import endpoint, same_voxo, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from voxosync.app.options import ConnectionOptions
    from voxosync.definitions.project_settings import Environment, Settings
    from voxosync.model.guard import Guards
    from voxosync.model.problem import Position, Problem
    from voxosync.voxo.client import Voxo

DEFAULT_BASE_URL = "https://api.voxo.co"
_OTHERS_MAY_READ = stat.S_IRGRP | stat.S_IROTH


@dataclass(frozen=True, slots=True)
class Target:
    """One VOXO account, resolved; `connect` checks its URL and token.

    Attributes:
        environments: all that `voxosync.yaml` names.
    """

    base_url: str
    tenant_id: int | None
    read: str
    options: ConnectionOptions
    environment: Environment | None
    guards: Guards
    environments: Mapping[str, Environment] = field(default_factory=dict)

    @property
    def is_given(self) -> bool:
        """Whether an option, a variable or an environment says which VOXO, instead of the default."""
        variable = os.environ.get("VOXO_API_BASE_URL", "").strip()
        return bool(self.options.base_url or self.environment or variable)

    @property
    def unnamed_protected(self) -> str | None:
        """The protected environment that this is, or may be, although the caller does not name it.

        An unknown tenant may be any tenant, unless the caller names an environment and overrides nothing of it:
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
        """Whether this is exactly what the named environment says."""
        environment = self.environment
        if environment is None:
            return False
        configured = environment.base_url or DEFAULT_BASE_URL
        return self.tenant_id == environment.tenant_id and same_voxo(self.base_url, configured)

    def _may_be(self, environment: Environment, *, is_sure: bool = False) -> bool:
        """Whether requests may arrive at an environment's tenant of VOXO, however its URL is spelled.

        Args:
            environment: the environment.
            is_sure: whether an unknown tenant is a different one.
        """
        tenants = (self.tenant_id, environment.tenant_id)
        if is_sure if None in tenants else len(set(tenants)) > 1:
            return False
        configured = environment.base_url or DEFAULT_BASE_URL
        return endpoint(configured).address == endpoint(self.base_url).address

    @property
    def url_position(self) -> Position | None:
        """The position of the base URL in `voxosync.yaml`, if it comes from there."""
        if self.environment is None or self.options.base_url is not None:
            return None
        return self.environment.base_url_position

    @property
    def token_source(self) -> str:
        """Where the token comes from, for messages."""
        if self.options.token_file is not None:
            return f"the file {self.options.token_file}"
        return self._token_variable

    @property
    def _token_variable(self) -> str:
        return self.environment.token_variable if self.environment else "VOXO_API_TOKEN"

    def token(self) -> str:
        """The token.

        Raises:
            UsageError: there is none, or its file cannot be used.
        """
        if self.options.token_file is not None:
            if self.environment is not None:
                raise UsageError(
                    f"--token-file cannot be combined with --env: the token comes from {self._token_variable}"
                )
            return _token_from(self.options.token_file)
        variable = self._token_variable
        token = os.environ.get(variable, "")
        if not token.strip():
            or_file = "" if self.environment else ", or name a file with --token-file"
            raise UsageError(f"there is no token: set {variable}{or_file}")
        return token


def find_environment(settings: Settings, name: str | None) -> Environment | None:
    """The settings of an environment; None: no name was given.

    Raises:
        UsageError: the environment is unknown.
    """
    if name is None:
        return None
    environments = settings.environments
    if name not in environments:
        names = ", ".join(environments) or "none"
        raise UsageError(f"unknown environment {name!r}: voxosync.yaml has {names}")
    return environments[name]


def url_problems(settings: Settings) -> Iterator[Problem]:
    """The base URLs of environments to which no token may be sent; `connect` refuses the same ones."""
    for environment in settings.environments.values():
        if environment.base_url is None or environment.base_url_position is None:
            continue
        from voxosync.voxo.api_credentials import checked_url  # noqa: PLC0415  # httpx, only where there is a URL

        try:
            checked_url(environment.base_url)
        except UsageError as failure:
            yield error(environment.base_url_position, "base-url", str(failure))


def resolve(settings: Settings, name: str | None, options: ConnectionOptions) -> Target:
    """The VOXO account to use.

    Args:
        settings: `voxosync.yaml`.
        name: the environment that the caller names.
        options: what the caller says about the connection.

    Raises:
        UsageError: the environment is unknown, or a variable contradicts it.
    """
    environment = find_environment(settings, name)
    base_url, tenant = os.environ.get("VOXO_API_BASE_URL", "").strip(), _tenant(os.environ)
    if environment is not None:
        expected = environment.base_url or DEFAULT_BASE_URL
        if base_url and not same_voxo(base_url, expected):
            raise _contradiction("VOXO_API_BASE_URL", base_url, expected, name)
        if tenant and environment.tenant_id not in (None, tenant):
            raise _contradiction("VOXO_TENANT_ID", tenant, environment.tenant_id, name)
        base_url, tenant = expected, tenant or environment.tenant_id
    return Target(
        base_url=(base_url or DEFAULT_BASE_URL) if options.base_url is None else options.base_url,
        tenant_id=options.tenant_id or tenant,
        read=options.read or (environment and environment.read) or "auto",
        options=options,
        environment=environment,
        guards=settings.guards,
        environments=settings.environments,
    )


def connect(target: Target, now: datetime) -> Voxo:
    """A client for a target, whose URL and token are checked; a context manager.

    Raises:
        UsageError: there is no token, or it cannot be used.
        SettingsError: `voxosync.yaml` gives an unusable URL.
    """
    # Importing the HTTP client takes 0.2 s, for which a call that is refused earlier need not wait.
    from voxosync.voxo.api_credentials import ApiCredentials, checked_url  # noqa: PLC0415  # see above
    from voxosync.voxo.client import Voxo  # noqa: PLC0415  # see above
    from voxosync.voxo.retry_policy import RetryPolicy  # noqa: PLC0415  # see above
    from voxosync.voxo.run_limiter import RunLimiter  # noqa: PLC0415  # see above

    position = target.url_position
    try:
        checked_url(target.base_url)
    except UsageError as failure:
        if position is None:
            raise
        raise SettingsError(f"the settings are wrong\n{position}: error: {failure}") from failure
    credentials = ApiCredentials.of(
        base_url=target.base_url,
        token=target.token(),
        read=target.read,
        source=target.token_source,
        now=now,
    )
    retry_policy = RetryPolicy(requests_per_second=target.options.max_rate)
    return Voxo(credentials, limiter=RunLimiter(retry_policy))


def _contradiction(variable: str, value: Any, expected: Any, name: str | None) -> UsageError:
    """With `--env`, a leftover variable must not send one environment's campaigns to another."""
    return UsageError(
        f"{variable} is {without_secrets(str(value))}, but the environment {name} says "
        f"{without_secrets(str(expected))}: unset {variable}"
    )


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
            raise UsageError(f"other users can read the token file {path}: run chmod 600 on it")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) else "it is not UTF-8"
        raise UsageError(f"cannot read the token file {path}: {reason}") from failure
