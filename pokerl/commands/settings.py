"""Which experiment the command line means: its file, a run to resume or repeat, and what the options change."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec

from pokerl.design.settings import PARTS, ExperimentSettings, load_settings
from pokerl.emulator.capability import MODES
from pokerl.errors import ConfigurationProblem, RunFolderProblem, UsageProblem
from pokerl.shipped import path as shipped
from pokerl.timeline.manifest import read_manifest

SHIPPED = "experiments"
STORY = Path("story")


def settings_for(
    experiment: Path | None,
    resume: Path | None = None,
    cassette: Path | None = None,
    *,
    mode: str,
    model: str,
    rom: str,
    runs: str,
    sandbox: str,
    start: str = "",
) -> ExperimentSettings:
    """The settings of an experiment's file (or of the run to resume or to repeat), changed by the command line.

    Raises:
        ConfigurationProblem: the file or an option is wrong.
    """
    if resume is not None:
        base = _settings_of(resume)
        if experiment is not None or (mode and _known_mode(mode) != base.mode):
            raise UsageProblem(
                f"The run {resume} goes on with the settings and the mode ({base.mode}) that it was begun with.",
                "Leave out the experiment's file and --mode, or begin another run.",
            )
    elif cassette is not None:
        base = msgspec.structs.replace(_settings_of(cassette), scripted="", executor="", cassette=str(cassette))
    else:
        base = load_settings(_experiment_file(experiment or STORY))
    changes: dict[str, Any] = {
        name: value for name, value in (("rom", rom), ("runs", runs), ("sandbox", sandbox), ("start", start)) if value
    }
    if mode:
        changes["mode"] = _known_mode(mode)
    if model:
        changes |= {"scripted": "", "cassette": ""} | _with_model(base, model, anew=resume is not None)
    return msgspec.structs.replace(base, **changes)


def for_one_attempt(settings: ExperimentSettings, minutes: float | None) -> ExperimentSettings:
    """The same settings for `pokerl play`: a run of one attempt."""
    player = settings.player
    if minutes is not None:
        if not 0 < minutes < math.inf:
            raise UsageProblem(f"{minutes} are no minutes to play in.", "Give a number above 0, such as --minutes 30.")
        player = msgspec.structs.replace(player, wall=f"{minutes * 60:.3f}s")
    return msgspec.structs.replace(settings, name="play", player=player)


def _with_model(base: ExperimentSettings, model: str, *, anew: bool) -> dict[str, Any]:
    """The agents with this model where the file names none; all of them in a run that goes on with another model.

    A scout whose model is not named takes the player's.
    """
    if anew:
        return {part: msgspec.structs.replace(getattr(base, part), model=model) for part in PARTS}
    return {
        part: msgspec.structs.replace(agent, model=agent.model or model)
        for part, agent in (("designer", base.designer), ("player", base.player))
    }


def _experiment_file(given: Path) -> Path:
    """The file that is meant: a path, or the name of an experiment that ships."""
    ships = {file.stem: file for file in sorted(shipped(SHIPPED).glob("*.toml"))}
    if given.exists():
        return given
    if given.parent.name in ("", SHIPPED) and given.stem in ships:
        return ships[given.stem]
    raise ConfigurationProblem(
        f"There is no experiment file {given}.", f"Give the path of a TOML file, or one that ships: {', '.join(ships)}."
    )


def _settings_of(folder: Path) -> ExperimentSettings:
    try:
        return msgspec.convert(read_manifest(folder).settings, ExperimentSettings)
    except msgspec.ValidationError as error:
        raise RunFolderProblem(
            f"The settings in the manifest of {folder} cannot be used: {error}.", "Begin another run."
        ) from None


def _known_mode(mode: str) -> str:
    if mode not in MODES:
        raise ConfigurationProblem(f"There is no mode {mode!r}.", f"The modes are {', '.join(MODES)}.")
    return mode
