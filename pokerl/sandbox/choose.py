"""Choosing a tier: the strongest that works, or the one asked for, but never silently a weaker one."""

from __future__ import annotations

from pokerl.errors import ConfigurationProblem, SandboxUnavailable
from pokerl.sandbox.bare import Bare
from pokerl.sandbox.probe import TIERS, TierReport, examine
from pokerl.sandbox.tier import Tier

UNSAFE_REMEDY = "Say --unsafe-no-sandbox if model-written code may do all that you can do here."


def choose(preferred: str | None = None, *, unsafe: bool = False) -> Tier:
    """The tier to use, tried a moment ago; its ``name`` belongs in the manifest.

    Args:
        preferred: ``"bubblewrap"``, ``"landlock"``, ``"docker"`` or ``"none"``; by default the first of the three that
            works.
        unsafe: allow the tier ``"none"``; chosen only if it is also the preferred one or no preference is given.

    Raises:
        SandboxUnavailable: the preferred tier, or every tier, does not work here, or ``"none"`` without ``unsafe``.
        ConfigurationProblem: no tier has this name.
    """
    if preferred == Bare.name or (preferred is None and unsafe):
        return _bare(unsafe=unsafe)
    kinds = [kind for kind in TIERS if preferred in (None, kind.name)]
    if not kinds:
        names = ", ".join(kind.name for kind in TIERS)
        raise ConfigurationProblem(f"No sandbox tier is called {preferred}.", f"The tiers are {names} and none.")
    reports: list[TierReport] = []
    for kind in kinds:
        reports.append(examine(kind))
        if reports[-1].works:
            return kind()
    raise _unavailable(reports)


def _bare(*, unsafe: bool) -> Tier:
    if not unsafe:
        raise SandboxUnavailable("The tier none protects nothing.", UNSAFE_REMEDY)
    return Bare()


def _unavailable(reports: list[TierReport]) -> SandboxUnavailable:
    reasons = " ".join(f"{report.name}: {report.reason}" for report in reports)
    remedies = " ".join(dict.fromkeys(report.remedy for report in reports))
    return SandboxUnavailable(f"No sandbox works here. {reasons}", remedies)
