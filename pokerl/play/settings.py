"""Who plays a part, and with what: the settings of one agent."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta, Struct

from pokerl.budget import Limits
from pokerl.errors import ConfigurationProblem

DURATION = re.compile(r"^([0-9]+(?:\.[0-9]+)?)(s|m|h|d)\Z")
UNIT_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

Duration = Annotated[str, Meta(pattern=DURATION.pattern)]
Positive = Annotated[float, Meta(gt=0)]


class AgentSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who plays a part, and with what.

    Attributes:
        agent: name of a folder under ``agents/`` or a path: prompts and settings of the engine.
        model: name of the model; empty takes the designer's, or the command line's.
        sub_model: model of ``llm_query`` and sub-agents; empty takes ``model``.
        wall: wall clock, such as "48h", "90m" or "30s".
        working: working time, without waiting for rate limits.
        tokens, dollars, frames, sub_calls: further limits; none by default.
    """

    agent: str = ""
    model: str = ""
    sub_model: str = ""
    wall: Duration | None = None
    working: Duration | None = None
    tokens: Positive | None = None
    dollars: Positive | None = None
    frames: Positive | None = None
    sub_calls: Positive | None = None

    def limits(self) -> Limits:
        """The same as the limits of a budget."""
        return Limits(
            wall_seconds=seconds_of(self.wall) if self.wall else None,
            working_seconds=seconds_of(self.working) if self.working else None,
            tokens=self.tokens,
            dollars=self.dollars,
            frames=self.frames,
            sub_calls=self.sub_calls,
        )


def seconds_of(duration: str) -> float:
    """Seconds of "48h", "90m", "30s" or "2d".

    Raises:
        ConfigurationProblem: it is no duration.
    """
    found = DURATION.match(duration)
    if found is None:
        raise ConfigurationProblem(f"{duration!r} is no duration.", 'Write a number and a unit, such as "90m" or "5h".')
    return float(found[1]) * UNIT_SECONDS[found[2]]
