"""One attempt: one player, one interface version, one budget, recorded from the first frame to the last."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec

from pokerl.budget import Budget, Limits
from pokerl.cartridge import progress
from pokerl.emulator import MachineHandle
from pokerl.emulator.capability import MODES
from pokerl.errors import MachineLost, PokerlError
from pokerl.play.cut import Cut
from pokerl.play.extension import Seat
from pokerl.play.interface import Interface, load_interface
from pokerl.play.machines import MachinePark
from pokerl.play.prompts import agent_folder, game_values, in_words, interface_values, paced
from pokerl.play.reopening import replacement
from pokerl.play.result import (
    LONGEST_SENTENCE,
    AttemptResult,
    Outcome,
    dollars_spent,
    refusals,
    tokens_used,
    trunk_splits,
)
from pokerl.play.run import Run
from pokerl.play.settings import AgentSettings
from pokerl.play.versions import FOLDER
from pokerl.rlm import Result, load_agent
from pokerl.rlm import run as run_agent
from pokerl.rlm.cancellation import Cancellation
from pokerl.rlm.transcript import Block
from pokerl.timeline import Segment, Tree

MAXIMUM_ERRORS = 20
LOOKED_AT = 2000
"""Sentences among which those that were said again and again are counted once."""

LONGEST_ANSWER = 20_000
"""Characters of the player's answer that its result keeps; the transcript has all of it."""

ENDING_SECONDS = 1.5
"""How long a machine may take to answer after its attempt is over; one that hangs is killed, its record stands."""


@dataclass(frozen=True, kw_only=True)
class AttemptPlan:
    """What an attempt is to be.

    Attributes:
        identifier: such as "a002", unique in the run.
        version: the interface version's name.
        interface: the version itself, frozen.
        player, scout: who plays, and who explores for the player.
        start: digest of the checkpoint to begin from; empty for power-on.
        cut: what is to be gone on with; ``None`` for a new attempt.
        agent: the player's path among agents; empty for a new one.
        background: whether the designer works on meanwhile.
    """

    identifier: str
    version: str
    interface: Interface
    player: AgentSettings
    scout: AgentSettings
    start: str = ""
    cut: Cut | None = None
    agent: str = ""
    background: bool = False


def plan_to_go_on(run: Run, cut: Cut, player: AgentSettings, scout: AgentSettings) -> AttemptPlan:
    """The plan of an attempt that was cut off, with the same interface and start.

    Raises:
        InterfaceProblem: the run folder no longer holds the interface.
    """
    begun = cut.begun
    return AttemptPlan(
        identifier=cut.attempt,
        version=begun.version,
        interface=load_interface(run.folder / FOLDER / begun.interface),
        player=player,
        scout=scout,
        start=begun.start,
        cut=cut,
        agent=begun.agent,
        background=begun.background,
    )


@dataclass
class _Ending:
    """Why an attempt ended, before anything is read off the log."""

    stop: Outcome = "failed"
    reason: str = ""
    answer: str = ""
    errors: list[str] = field(default_factory=list)


def play_attempt(run: Run, plan: AttemptPlan, budget: Budget, stop: threading.Event | None = None) -> AttemptResult:
    """Let a player play, or go on playing, and say what came of it.

    Whatever goes wrong on the way (the machine, the worker or the model's client dies) ends the attempt with a reason;
    it does not raise.

    Args:
        run: what the attempt belongs to.
        plan: what it is to be.
        budget: what it may spend; its limits are the attempt's.
        stop: set to end it early and for good, where it stands then.
    """
    granted = granted_to(run, plan)
    path = plan.agent or run.agent_path(f"player-{plan.version}")
    if plan.cut is None:
        run.record("attempt_started", attempt=plan.identifier, agent=path, **heading(run, plan, budget.limits))
    with MachinePark(run, plan.identifier, granted, budget) as park:
        ending = _play(run, plan, path, park, granted, budget, stop or threading.Event())
    result = _summarise(run, plan, ending, budget)
    run.record("attempt_ended", attempt=plan.identifier, **msgspec.to_builtins(result))
    return result


def granted_to(run: Run, plan: AttemptPlan) -> frozenset[str]:
    """The capabilities of an attempt: what its interface asks for, and the mode allows."""
    return MODES[run.mode] & set(plan.interface.manifest.capabilities)


def failed_attempt(run: Run, plan: AttemptPlan, reason: str, budget: Budget) -> AttemptResult:
    """The result of an attempt of which nothing came but a reason."""
    return _summarise(run, plan, _Ending(reason=reason), budget)


def _play(
    run: Run,
    plan: AttemptPlan,
    path: str,
    park: MachinePark,
    granted: frozenset[str],
    budget: Budget,
    stop: threading.Event,
) -> _Ending:
    try:
        machine = _begin(run, plan, path, park)
    except PokerlError as error:
        return _Ending(reason=f"The machine did not start: {error}")
    notes = list(plan.cut.notes) if plan.cut else []
    replace = partial(_replace, run, plan, path, park, budget)
    seat = Seat(run, plan.interface, park, machine, replace, granted, plan.scout, notes)
    try:
        agent = paced(load_agent(agent_folder(plan.player.agent), **_values(run, plan, granted, budget)), budget.limits)
        result = run_agent(
            agent,
            _context(run, plan),
            task=f"Play {run.cartridge.title}: {run.goal}",
            model=run.model["player"],
            models=run.models,
            budget=budget,
            tier=run.tier,
            transcript=run.transcript,
            extension=seat.player_extension(),
            ledger=run.ledger(plan.identifier),
            path=path,
            resume=plan.cut is not None,
            cancelled=Cancellation(run.cancelled, stop),
        )
    except PokerlError as error:
        return _Ending(reason=str(error))
    machine = seat.machine
    machine.control.timeout = ENDING_SECONDS
    outcome: Outcome = "stopped" if result.stop == "interrupted" and stop.is_set() else result.stop
    _keep_the_end(run, plan.identifier, machine, interrupted=outcome == "interrupted")
    return _ending(outcome, result, machine, _block_errors(run, path))


def _begin(run: Run, plan: AttemptPlan, path: str, park: MachinePark) -> MachineHandle:
    """The player's machine: at the attempt's start, or where it stood when the attempt was cut off."""
    if plan.cut is None:
        return park.start(plan.start, commits=True)
    since, standing = time.time(), plan.cut.standing
    machine = park.go_on(standing) if standing else park.start(plan.start, commits=True)
    _say_resumed(run, plan, path, machine, standing, since, plan.cut.spent["wall_seconds"])
    return machine


def _replace(
    run: Run, plan: AttemptPlan, path: str, park: MachinePark, budget: Budget, lost: MachineHandle
) -> MachineHandle:
    """Another machine for the player, where the lost one stood: on the trunk the one goes on from the other."""
    since, seconds = time.time(), budget.spent("wall_seconds")
    machine, standing = replacement(run, park, lost)
    _say_resumed(run, plan, path, machine, standing, since, seconds)
    return machine


def _say_resumed(
    run: Run,
    plan: AttemptPlan,
    path: str,
    machine: MachineHandle,
    standing: Segment | None,
    since: float,
    seconds: float,
) -> None:
    """Record that the attempt goes on; only now that its machine stands where it stood."""
    run.record(
        "attempt_resumed",
        attempt=plan.identifier,
        agent=path,
        version=plan.version,
        machine=machine.settings.machine,
        segment=standing.identifier if standing else "",
        since=since,
        seconds=seconds,
    )


def _ending(outcome: Outcome, result: Result, machine: MachineHandle, errors: list[str]) -> _Ending:
    answer = result.content if isinstance(result.content, str) else repr(result.content)
    if not machine.alive:
        code = machine.process.poll()
        return _Ending("failed", f"The player's machine process died (exit status {code}).", answer, errors)
    try:
        machine.control.status()
    except MachineLost as error:
        return _Ending("failed", f"The player's machine hung: {error.message}", answer, errors)
    return _Ending(outcome, result.reason, answer, errors)


def _keep_the_end(run: Run, attempt: str, machine: MachineHandle, *, interrupted: bool) -> None:
    """The trunk ends where the player stands, unless the player committed before and has not won since.

    One that was interrupted may be gone on with, so nothing is committed for it.
    """
    with contextlib.suppress(MachineLost):
        if interrupted:
            machine.control.checkpoint(label="interrupted")
            return
        committed = any(event.kind == "commit" and event.attempt == attempt for event in run.events())
        won = run.cartridge.milestones and run.cartridge.milestones[-1].name in machine.control.status().milestones
        if won or not committed:
            machine.control.commit(label="end of the attempt")


def _summarise(run: Run, plan: AttemptPlan, ending: _Ending, budget: Budget) -> AttemptResult:
    """The result, read off the log: what the player says of itself counts for nothing."""
    events, attempt = run.events(), plan.identifier
    splits = trunk_splits(events, attempt, run.cartridge.milestones)
    reached = {split.name for split in splits}
    trunk = Tree.from_events(events).trunk(attempt)
    won = bool(run.cartridge.milestones) and run.cartridge.milestones[-1].name in reached
    return AttemptResult(
        identifier=attempt,
        version=plan.version,
        outcome="won" if won else ending.stop,
        reason=ending.reason,
        capabilities=sorted(granted_to(run, plan)),
        milestones=splits,
        progress=progress(run.cartridge.milestones, reached),
        frames=int(budget.spent("frames")),
        trunk_frames=_last_frame(run, trunk),
        trunk_pokes=sum(len(segment.pokes) for segment in trunk),
        seconds=budget.spent("wall_seconds"),
        tokens=tokens_used(events, attempt),
        dollars=dollars_spent(events, attempt),
        errors=ending.errors,
        refusals=refusals(events, attempt),
        answer=ending.answer[:LONGEST_ANSWER],
        end=next((segment.checkpoint for segment in reversed(trunk) if segment.checkpoint), ""),
        from_power_on=not plan.start,
    )


def _last_frame(run: Run, trunk: Sequence[Segment]) -> int:
    """Frames of the trunk; its inputs are not read again for that."""
    return max((run.history.last_frame(segment.identifier) for segment in trunk), default=0)


def _block_errors(run: Run, path: str) -> list[str]:
    """The last line of each traceback that the player's code met, and each loss of its worker."""
    blocks = (record for record in run.transcript.of(path).records() if isinstance(record, Block))
    sentences = (
        text[:LONGEST_SENTENCE]
        for block in blocks
        for text in (block.error.strip().rpartition("\n")[2], block.lost.strip())
        if text
    )
    return list(dict.fromkeys(deque(sentences, LOOKED_AT)))[-MAXIMUM_ERRORS:]


def heading(run: Run, plan: AttemptPlan, limits: Limits) -> dict[str, Any]:
    """What the log says of an attempt when it begins."""
    return {
        "version": plan.version,
        "interface": plan.interface.digest,
        "mode": run.mode,
        "capabilities": sorted(granted_to(run, plan)),
        "asked": sorted(plan.interface.manifest.capabilities),
        "limits": msgspec.to_builtins(limits),
        "cartridge": run.cartridge.identifier,
        "start": plan.start,
        "background": plan.background,
    }


def _values(run: Run, plan: AttemptPlan, granted: frozenset[str], budget: Budget) -> dict[str, str]:
    return {
        **game_values(run.cartridge, run.mode, granted, run.goal),
        **interface_values(plan.interface),
        "version": plan.version,
        "attempt_limits": in_words(budget.limits),
    }


def _context(run: Run, plan: AttemptPlan) -> dict[str, Any]:
    return {
        "goal": run.goal,
        "game": run.cartridge.title,
        "interface": plan.version,
        "milestones": [{"name": each.name, "title": each.title} for each in run.cartridge.milestones],
    }
