"""What all attempts of one run share."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pokerl.cartridge import Cartridge
from pokerl.emulator import Nursery
from pokerl.emulator.capability import Mode
from pokerl.play.executors import Executor
from pokerl.rlm.cancellation import Cancellation
from pokerl.rlm.launcher import Tier
from pokerl.rlm.ledger import Ledger, ModelCall
from pokerl.rlm.messages import Model
from pokerl.rlm.transcript import Transcript
from pokerl.timeline import Event, History, Kind, Recorder, StateStore

PROBE = "probe"
"""What stands for the attempt in the events of machines that only look: they are not played on."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """An open run: its folder and everything its agents and machines are given.

    Attributes:
        folder: the run folder.
        cartridge, rom: the game and its file.
        mode: what interfaces may do.
        goal: what players are told to reach.
        model: who answers, by the agent's part: "designer", "player", "scout".
        models: further models by name, for sub-calls.
        tier: the sandbox.
        nursery: forks the machines.
        recorder, states, transcript: where everything is written.
        history: what was written, but the inputs.
        executor: where policies are explored; ``None`` for the player's own worker, on this computer.
        away: where whole attempts are played; ``None`` for this computer.
        machine_prefix: what the names of machines begin with.
        cancelled: set to stop everything (Ctrl-C).
    """

    folder: Path
    cartridge: Cartridge
    rom: Path
    mode: Mode
    goal: str
    model: Mapping[str, Model]
    models: Mapping[str, Model]
    tier: Tier
    nursery: Nursery
    recorder: Recorder
    states: StateStore
    transcript: Transcript
    history: History
    executor: Executor | None = None
    away: Executor | None = None
    machine_prefix: str = "m"
    cancelled: threading.Event | Cancellation = field(default_factory=threading.Event)
    machine_numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _paths: set[str] = field(default_factory=set)
    _naming: threading.Lock = field(default_factory=threading.Lock)

    def machine_name(self) -> str:
        """A name for a further machine, which none had before: "m0007"."""
        return f"{self.machine_prefix}{next(self.machine_numbers):04}"

    def agent_path(self, stem: str) -> str:
        """A path among agents that nobody had before: "player-v3", the second time "player-v3-2"."""
        with self._naming:
            numbered = (stem if number == 1 else f"{stem}-{number}" for number in itertools.count(1))
            path = next(each for each in numbered if each not in self._paths and not self.transcript.of(each).exists)
            self._paths.add(path)
        return path

    def record(self, kind: Kind, *, attempt: str = "", **data: Any) -> None:
        """Append an event of the host's own."""
        self.recorder.append(Event(kind=kind, at=time.time(), attempt=attempt, data=data))

    def events(self) -> list[Event]:
        """All events so far except inputs, which are too many to be read again and again (``read_events`` has them)."""
        return self.history.events()

    def ledger(self, attempt: str = "") -> Ledger:
        """A ledger whose calls are recorded as events of an attempt (or of the experiment itself)."""

        def report(call: ModelCall) -> None:
            """Record one call."""
            self.record(
                "model_call",
                attempt=attempt,
                agent=call.agent,
                turn=call.turn,
                model=call.model,
                input_tokens=call.usage.input_tokens,
                output_tokens=call.usage.output_tokens,
                dollars=call.usage.dollars,
                seconds=round(call.seconds, 3),
                waited=round(call.waited, 3),
                error=call.error,
            )

        return Ledger(report)
