"""How much was tried and how much was kept. Pure functions over the tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pokerl.audit.glimpse import Glimpse
from pokerl.audit.model import Exploration, Reroll
from pokerl.replay.record import Record
from pokerl.replay.story import discarded_branches
from pokerl.timeline.steps import frames_in
from pokerl.timeline.tree import Segment


def explore(record: Record, trunk: Sequence[Segment], attempt: str, glimpses: Sequence[Glimpse]) -> Exploration:
    """What an attempt tried beside its trunk.

    Args:
        record: the run.
        trunk: the attempt's trunk.
        attempt: its id.
        glimpses: of the trunk's replay, to tell which checkpoints lie in a battle.
    """
    mine = [segment for segment in record.tree.segments if segment.attempt == attempt]
    branches = [branch for branch in discarded_branches(record.tree, trunk, attempt) if frames_in(branch)]
    kept = {name for segment in trunk for name, _ in segment.milestones}
    return Exploration(
        segments=len(mine),
        branches=len(branches),
        trunk_frames=frames_in(trunk),
        discarded_frames=sum(frames_in(branch) for branch in branches),
        rerolls=_rerolls(trunk, mine, glimpses),
        found_elsewhere=tuple(
            dict.fromkeys(name for segment in mine for name, _ in segment.milestones if name not in kept)
        ),
    )


def _rerolls(trunk: Sequence[Segment], mine: Sequence[Segment], glimpses: Sequence[Glimpse]) -> tuple[Reroll, ...]:
    played = [segment for segment in mine if segment.start and frames_in([segment])]
    times = Counter(segment.start for segment in played)
    frames = {segment.start: segment.start_frame for segment in played}
    on_trunk = {segment.checkpoint for segment in trunk}
    return tuple(
        Reroll(digest, frames[digest], count, _in_battle(frames[digest], glimpses) if digest in on_trunk else None)
        for digest, count in times.items()
        if count > 1
    )


def _in_battle(frame: int, glimpses: Sequence[Glimpse]) -> bool | None:
    before = [glimpse for glimpse in glimpses if glimpse.frame <= frame]
    return bool(before[-1].battle) if before else None
