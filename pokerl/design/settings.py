"""The settings of an experiment: one TOML file, checked before anything starts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from pokerl.budget import Limits
from pokerl.emulator.capability import Mode
from pokerl.errors import ConfigurationProblem

DURATION = re.compile(r"^(\d+(?:\.\d+)?)(s|m|h|d)$")
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


class ExperimentSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole experiment.

    Attributes:
        name: a short word for the run folder's name.
        cartridge: id of the game; empty takes it from the ROM's SHA-1.
        rom: path of the ROM; empty for the demo game, or to take POKERL_ROM.
        mode: what interfaces may do.
        runs: folder in which the run folder is made.
        sandbox: a tier by name; empty takes the first that works.
        scripted: folder of scripted turns that stand in for every model; empty for real models.
        goal: what the player is told to reach.
        designer, player, scout: who plays the parts.
    """

    name: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")] = "experiment"
    cartridge: str = ""
    rom: str = ""
    mode: Mode = "open"
    runs: str = "runs"
    sandbox: str = ""
    scripted: str = ""
    goal: str = "become Champion and enter the Hall of Fame."
    designer: AgentSettings = AgentSettings(agent="designer", wall="48h")
    player: AgentSettings = AgentSettings(agent="player", wall="5h")
    scout: AgentSettings = AgentSettings(agent="scout", wall="30m")


def load_settings(path: Path) -> ExperimentSettings:
    """Read an experiment's TOML file; paths in it are relative to the file.

    Raises:
        ConfigurationProblem: the file is missing, is not TOML, or a field is unknown or out of range (named).
    """
    try:
        settings = msgspec.toml.decode(path.read_bytes(), type=ExperimentSettings)
    except FileNotFoundError:
        raise ConfigurationProblem(f"There is no experiment file {path}.", "Give the path of a TOML file.") from None
    except (IsADirectoryError, PermissionError) as error:
        raise ConfigurationProblem(f"{path} cannot be read: {error.strerror}.", "Give a TOML file.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationProblem(f"{path} cannot be used: {error}.", "docs/experiments.md lists the fields.") from None
    return _with_paths(settings, path.parent)


def seconds_of(duration: str) -> float:
    """Seconds of "48h", "90m", "30s" or "2d".

    Raises:
        ConfigurationProblem: it is no duration.
    """
    found = DURATION.match(duration)
    if found is None:
        raise ConfigurationProblem(f"{duration!r} is no duration.", 'Write a number and a unit, such as "90m" or "5h".')
    return float(found[1]) * UNIT_SECONDS[found[2]]


def _with_paths(settings: ExperimentSettings, base: Path) -> ExperimentSettings:
    def resolved(text: str) -> str:
        return str((base / Path(text).expanduser()).resolve()) if text else ""

    return msgspec.structs.replace(settings, rom=resolved(settings.rom))
