"""The settings of an experiment: one TOML file, checked before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from pokerl.emulator.capability import Mode
from pokerl.errors import ConfigurationProblem
from pokerl.play.settings import AgentSettings, Duration

PARTS = ("designer", "player", "scout")
"""The agents of an experiment, each with settings and a model of its own."""


class DesignerSettings(AgentSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The designer, two days by default."""

    agent: str = "designer"
    wall: Duration | None = "48h"


class PlayerSettings(AgentSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The player of an attempt, five hours by default."""

    agent: str = "player"
    wall: Duration | None = "5h"


class ScoutSettings(AgentSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sub-agent of the player, half an hour by default."""

    agent: str = "scout"
    wall: Duration | None = "30m"


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
        cassette: folder of a recorded run whose answers stand in for every model.
        executor: where the player's policies are explored: empty for its own worker, "processes", "ray" or
            "ray:ADDRESS" (docs/exploration.md).
        attempts_on: where whole attempts are played: empty for this process, else as ``executor``.
        start: a start state by name (`pokerl states`); empty for power-on. Every attempt begins there.
        goal: what the player is told to reach.
        designer, player, scout: who plays the parts.
    """

    name: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z")] = "experiment"
    cartridge: str = ""
    rom: str = ""
    mode: Mode = "open"
    runs: str = "runs"
    sandbox: str = ""
    scripted: str = ""
    cassette: str = ""
    executor: str = ""
    attempts_on: str = ""
    start: str = ""
    goal: str = "become Champion and enter the Hall of Fame."
    designer: DesignerSettings = DesignerSettings()
    player: PlayerSettings = PlayerSettings()
    scout: ScoutSettings = ScoutSettings()


def load_settings(path: Path) -> ExperimentSettings:
    """Read an experiment's TOML file; the paths of the ROM and of scripted turns in it are relative to the file.

    Raises:
        ConfigurationProblem: the file is missing, is not TOML, or a field is unknown or out of range (named).
    """
    try:
        settings = msgspec.toml.decode(path.read_bytes(), type=ExperimentSettings)
    except FileNotFoundError:
        raise ConfigurationProblem(f"There is no experiment file {path}.", "Give the path of a TOML file.") from None
    except OSError as error:
        raise ConfigurationProblem(f"{path} cannot be read: {error.strerror}.", "Give a TOML file.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationProblem(
            f"{path} cannot be used: {error}.", "docs/experiments.md lists the fields."
        ) from None
    return _with_paths(settings, path.parent)


def _with_paths(settings: ExperimentSettings, base: Path) -> ExperimentSettings:
    def resolved(text: str) -> str:
        return str((base / Path(text).expanduser()).resolve()) if text else ""

    scripted = resolved(settings.scripted)
    return msgspec.structs.replace(
        settings,
        rom=resolved(settings.rom),
        scripted=scripted if Path(scripted).is_dir() else settings.scripted,
    )
