"""Every write on record, decoded and matched with the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pokerl.audit.catalogue import Signature, signatures_of_poke
from pokerl.audit.decode import describe_poke
from pokerl.audit.model import PokeAudit, PokeGroup
from pokerl.cartridge import Cartridge
from pokerl.replay.record import Record
from pokerl.timeline.steps import steps_of
from pokerl.timeline.tree import Poke, Segment


def list_pokes(
    record: Record,
    cartridge: Cartridge,
    catalogue: tuple[Signature, ...],
    trunks: Mapping[str, Sequence[Segment]],
) -> tuple[PokeAudit, ...]:
    """All writes of a run in the order of the log's segments, those of discarded branches and of probing included."""
    kept = {segment.identifier for trunk in trunks.values() for segment in trunk}
    return tuple(
        _audit(step, segment, cartridge, catalogue, on_trunk=segment.identifier in kept)
        for segment in record.tree.segments
        for step in steps_of(segment)
        if isinstance(step, Poke)
    )


def group_pokes(pokes: Sequence[PokeAudit]) -> tuple[PokeGroup, ...]:
    """Writes by symbol and meaning, the most frequent first."""
    groups: dict[tuple[str, str], list[PokeAudit]] = {}
    for poke in pokes:
        for change in poke.changes:
            groups.setdefault((change.symbol, change.meaning), []).append(poke)
    listed = [
        PokeGroup(
            symbol=symbol,
            meaning=meaning,
            pokes=len(mine),
            on_trunk=sum(poke.on_trunk for poke in mine),
            attempts=tuple(dict.fromkeys(poke.attempt for poke in mine)),
        )
        for (symbol, meaning), mine in groups.items()
    ]
    return tuple(sorted(listed, key=lambda group: (-group.pokes, group.symbol)))


def _audit(
    poke: Poke, segment: Segment, cartridge: Cartridge, catalogue: tuple[Signature, ...], *, on_trunk: bool
) -> PokeAudit:
    return PokeAudit(
        attempt=segment.attempt,
        machine=segment.machine,
        segment=segment.identifier,
        frame=poke.frame,
        tool=poke.tool,
        why=poke.why,
        address=f"{poke.address:04X}",
        before=poke.before.hex(),
        after=poke.after.hex(),
        changes=describe_poke(poke.address, poke.before, poke.after, cartridge),
        signatures=signatures_of_poke(poke.address, len(poke.after), catalogue, cartridge.symbols),
        on_trunk=on_trunk,
    )
