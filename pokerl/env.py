"""A Gymnasium environment on the same machine that attempts run on.

::

    import gymnasium
    import pokerl

    environment = gymnasium.make("pokerl/PokemonRed-v0", cartridge="demo")

Importing pokerl after Gymnasium registers it; importing this module always does.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from pokerl import cartridge as cartridges
from pokerl import shipped
from pokerl.cartridge import STATE_SPANS, Cartridge, GameState, MemoryImage, progress, read_state
from pokerl.cartridge import battle as battles
from pokerl.cartridge.creature import PARTY_LAYOUT, PARTY_SIZE
from pokerl.cartridge.layout import BADGES, EVENTS, EVENTS_LENGTH
from pokerl.cartridge.player import MONEY, POSITION, read_decimal
from pokerl.cartridge.roster import PARTY as PARTY_ROSTER
from pokerl.cartridge.roster import PARTY_AT
from pokerl.emulator.machine import HEIGHT, WIDTH, Machine
from pokerl.emulator.protocol import BUTTONS
from pokerl.errors import RomProblem, UsageProblem
from pokerl.registration import ENVIRONMENT, register
from pokerl.timeline import StateStore, StoredState, read_state_file

ACTIONS: tuple[str, ...] = ("wait", *BUTTONS)
"""What each action presses: wait, a, b, select, start, right, left, up, down."""

FRAMES_A_SECOND = 4194304 / 70224
"""Frames of a Game Boy a second: its clock over the clocks of a frame."""

__all__ = ["ACTIONS", "ENVIRONMENT", "PokemonRed", "register"]

MOST_MONEY = 999_999
IN_BATTLE = battles.START + battles.KIND
PARTY = PARTY_ROSTER.places
PARTY_CREATURES = PARTY_AT + PARTY_ROSTER.creatures
_HP, _LEVEL, _MAXIMUM_HP = 1, 19, 20
"""Places among the fields of ``PARTY_LAYOUT``."""

Observation = dict[str, NDArray[Any]]


class PokemonRed(gymnasium.Env[Observation, np.int64]):
    """Red, Blue or the demo game, step by step.

    **Action**: ``Discrete(9)``, see ``ACTIONS``. A step holds the button for ``hold`` frames and lets it go for the
    rest of ``frames_per_step``.

    **Observation**: a ``Dict`` of

    ========== =================== =======================================================================
    screen     uint8 (144,160,3)   the picture, RGB
    map        uint8 (1,)          id of the map
    position   uint8 (2,)          x and y of the player on it, in squares
    party_hp   float32 (6,)        HP of each creature as a part of its maximum; 0 where there is none
    party_level uint8 (6,)         levels; 0 where there is none
    badges     MultiBinary (8)     badges in the usual order
    money      int32 (1,)          0–999999
    battle     MultiBinary (1)     whether a battle is on
    events     MultiBinary (2560)  the story's event flags, in order of address and bit
    ========== =================== =======================================================================

    **Reward**: by how much the progress along the cartridge's milestones grew, so that a whole game sums up to 1. A
    milestone is noticed at most 16 frames after it happened.

    **End**: terminated when the cartridge's last milestone is reached, truncated when ``frame_budget`` is spent.

    **Chance**: the game draws its random numbers from its own clock, so waiting changes them. ``reset`` lets pass from
    0 to ``idle`` frames, drawn with the seed; nothing else is random.

    **Info**: ``frame`` (since power-on), ``milestones`` (name → frame), ``new`` (names reached in this step) and
    ``progress`` (0–1). The whole decoded state is had by ``environment.unwrapped.state()``, which takes as long as some
    ten frames.

    Args:
        cartridge: ``"demo"``, ``"red"`` or ``"blue"``.
        rom: path of the ROM; may be left out for the demo game, which comes with pokerl.
        render_mode: None or ``"rgb_array"``.
        state: state file to begin with; power-on without one. ``reset(options={"state": …})`` overrides it, with the
            path of a file or, if there is a ``run_folder``, the digest of a checkpoint in it.
        run_folder: a run whose checkpoints may be begun with.
        frames_per_step: frames of a step, 60 to a second.
        hold: frames for which the button is held, at most ``frames_per_step``.
        idle: most frames that ``reset`` lets pass.
        frame_budget: frames after which an episode is truncated; 0 for none.

    Raises:
        RomProblem: the ROM is missing or is not of this cartridge.
        StateRejected: the state is damaged or of another ROM or version.
        UsageProblem: a number makes no sense.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": FRAMES_A_SECOND / 24}  # noqa: RUF012  Gymnasium wants it so

    def __init__(
        self,
        *,
        cartridge: str = "demo",
        rom: str | Path | None = None,
        render_mode: str | None = None,
        state: str | Path | None = None,
        run_folder: str | Path | None = None,
        frames_per_step: int = 24,
        hold: int = 8,
        idle: int = 60,
        frame_budget: int = 216_000,
    ) -> None:
        if not 1 <= hold <= frames_per_step or idle < 0 or frame_budget < 0:
            raise UsageProblem("The frames of a step, of holding, idling or the budget make no sense.", "Correct them.")
        game = cartridges.load(cartridge)
        self.metadata = PokemonRed.metadata | {"render_fps": FRAMES_A_SECOND / frames_per_step}
        self.render_mode = render_mode
        self.action_space = spaces.Discrete(len(ACTIONS))
        self.observation_space = _observation_space()
        self._run_folder = run_folder
        self._frames = (hold, frames_per_step - hold)
        self._idle = idle
        self._budget = frame_budget
        self._machine = Machine(_rom_path(game, rom), game)
        self._power_on = self._machine.save()
        self._state = self._read_state(state) if state else None
        self._begun = 0
        self._progress = 0.0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin again, at the state that ``options["state"]`` names or else where the environment begins."""
        super().reset(seed=seed)
        given = (options or {}).get("state")
        stored = self._read_state(given) if given else self._state
        if stored:
            self._machine.load_stored(stored)
        else:
            self._machine.load(self._power_on)
        self._begun = self._machine.frame
        self._progress = self._progress_now()
        self._machine.run(0, int(self.np_random.integers(self._idle + 1)), render=True)
        return self._look([])

    def step(self, action: np.int64) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Press a button, see what became of it."""
        machine = self._machine
        before = self._progress
        held, free = self._frames
        reached = machine.run(BUTTONS.get(ACTIONS[int(action)], 0), held, render=not free)
        reached += machine.run(0, free, render=True)
        if reached:
            self._progress = self._progress_now()
        observation, info = self._look([milestone.name for milestone, _ in reached])
        milestones = machine.cartridge.milestones
        won = bool(milestones) and milestones[-1].name in machine.milestones
        spent = bool(self._budget) and machine.frame - self._begun >= self._budget
        return observation, info["progress"] - before, won, spent, info

    def state(self) -> GameState:
        """The whole state of the game, decoded; ``state().summary()`` tells it in words."""
        machine = self._machine
        image = MemoryImage((address, machine.read(address, length)) for address, length in STATE_SPANS)
        return read_state(image, machine.cartridge)

    def render(self) -> NDArray[np.uint8] | None:
        """The picture, 144×160×3, RGB."""
        return self._machine.screen() if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        """Switch the machine off."""
        self._machine.close()

    def _look(self, new: list[str]) -> tuple[Observation, dict[str, Any]]:
        machine = self._machine
        info = {
            "frame": machine.frame,
            "milestones": dict(machine.milestones),
            "new": new,
            "progress": self._progress,
        }
        return _observation(machine), info

    def _progress_now(self) -> float:
        return progress(self._machine.cartridge.milestones, self._machine.milestones)

    def _read_state(self, given: str | Path) -> StoredState:
        if self._run_folder and re.fullmatch("[0-9a-f]{64}", str(given)):
            return StateStore(self._run_folder).get(str(given))
        return read_state_file(Path(given))


def _rom_path(game: Cartridge, rom: str | Path | None) -> Path:
    if rom is not None:
        return Path(rom)
    if not game.shipped:
        raise RomProblem(f"The ROM of {game.title} does not come with pokerl.", "Give the path of your own.")
    return shipped.path(game.shipped)


def _observation_space() -> spaces.Space[Any]:
    def byte(count: int) -> spaces.Box:
        return spaces.Box(0, 255, (count,), np.uint8)

    return spaces.Dict(
        {
            "screen": spaces.Box(0, 255, (HEIGHT, WIDTH, 3), np.uint8),
            "map": byte(1),
            "position": byte(2),
            "party_hp": spaces.Box(0.0, 1.0, (PARTY,), np.float32),
            "party_level": byte(PARTY),
            "badges": spaces.MultiBinary(8),
            "money": spaces.Box(0, MOST_MONEY, (1,), np.int32),
            "battle": spaces.MultiBinary(1),
            "events": spaces.MultiBinary(8 * EVENTS_LENGTH),
        }
    )


def _observation(machine: Machine) -> Observation:
    """What an observation needs, read directly: to decode the whole state takes as long as many frames."""
    player = machine.read(MONEY, POSITION + 5 - MONEY)
    here, _, _, y, x = player[POSITION - MONEY :]
    events = np.frombuffer(machine.read(EVENTS, EVENTS_LENGTH), np.uint8)
    hp, levels = _party(machine)
    return {
        "screen": machine.screen(),
        "map": np.array([here], np.uint8),
        "position": np.array([x, y], np.uint8),
        "party_hp": hp,
        "party_level": levels,
        "badges": np.unpackbits(np.frombuffer(player, np.uint8, 1, BADGES - MONEY), bitorder="little").view(np.int8),
        "money": np.array([min(read_decimal(player[:3], "the money", []), MOST_MONEY)], np.int32),
        "battle": np.array([machine.byte(IN_BATTLE) != 0], np.int8),
        "events": np.unpackbits(events, bitorder="little").view(np.int8),
    }


def _party(machine: Machine) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """HP as parts of their maximum, and levels."""
    hp, levels = np.zeros(PARTY, np.float32), np.zeros(PARTY, np.uint8)
    count = min(machine.byte(PARTY_AT), PARTY)
    data = machine.read(PARTY_CREATURES, count * PARTY_SIZE) if count else b""
    for place, creature in enumerate(PARTY_LAYOUT.iter_unpack(data)):
        maximum = creature[_MAXIMUM_HP]
        hp[place] = min(1.0, creature[_HP] / maximum) if maximum else 0.0
        levels[place] = creature[_LEVEL]
    return hp, levels


register()
