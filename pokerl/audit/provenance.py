"""How each milestone came about: earned, glitched, written, or only claimed. Pure functions over two replays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pokerl.audit.catalogue import Signature
from pokerl.audit.detectors import Sighting
from pokerl.audit.model import Finding, PokeAudit, Provenance
from pokerl.replay.verify import Replay

_FIELDS_NAMED = 4


def judge(
    recorded: Sequence[tuple[str, str, int]],
    full: Replay,
    bare: Replay,
    findings: Iterable[Finding],
    pokes: Sequence[PokeAudit],
) -> tuple[Provenance, ...]:
    """The provenance of each milestone that the log has on the trunk.

    Args:
        recorded: name, title and frame, as the log says.
        full: the replay of everything on the trunk.
        bare: the replay of the same inputs with the pokes left out (the same as ``full`` where there are none).
        findings: of the trunk; those with severity ``glitch`` count.
        pokes: on the trunk.
    """
    shown = {one.name: one.frame for one in full.reached}
    alone = {one.name: one.frame for one in bare.reached}
    glitches = sorted((one for one in findings if one.severity == "glitch"), key=lambda one: one.frame)
    return tuple(_judge(milestone, shown, alone, glitches, full, bare, pokes) for milestone in recorded)


def explain(
    full: Sequence[Sighting], bare: Sequence[Sighting], pokes: Sequence[PokeAudit], catalogue: Sequence[Signature]
) -> tuple[Finding, ...]:
    """Sightings as findings.

    What the replay without pokes shows too is by inputs alone; what only the full one shows is a poke's doing. Each
    signature that writes match is a finding of its own.
    """
    by_inputs = {(one.detector, one.words) for one in bare}
    rules = {signature.detector: signature for signature in catalogue if signature.detector}
    findings = [_by_inputs(one, rules[one.detector]) for one in bare]
    findings += [
        _by_poke(one, rules[one.detector], pokes) for one in full if (one.detector, one.words) not in by_inputs
    ]
    findings += [finding for signature in catalogue for finding in _written(signature, pokes)]
    return tuple(sorted(findings, key=lambda finding: finding.frame))


def _judge(
    milestone: tuple[str, str, int],
    shown: Mapping[str, int],
    alone: Mapping[str, int],
    glitches: Sequence[Finding],
    full: Replay,
    bare: Replay,
    pokes: Sequence[PokeAudit],
) -> Provenance:
    name, title, frame = milestone
    if shown.get(name) != frame:
        seen = f"reached it at frame {shown[name]:,}" if name in shown else "did not reach it"
        words = f"the record says frame {frame:,}, a replay of {full.frames:,} frames {seen}"
        return Provenance(name, title, frame, "claimed", words)
    if name not in alone:
        words = f"input-only replay of {bare.frames:,} frames did not reach it; it takes {_writes_before(frame, pokes)}"
        return Provenance(name, title, frame, "written", words)
    begun = f" from state {bare.origin[:12]}" if bare.origin else ""
    words = f"input-only replay of {bare.frames:,} frames{begun} reached it at frame {alone[name]:,}"
    broken = next((finding for finding in glitches if finding.frame <= alone[name]), None)
    if broken:
        return Provenance(name, title, frame, "glitched", f"{words}, but after frame {broken.frame:,} {broken.words}")
    return Provenance(name, title, frame, "earned", words)


def _writes_before(frame: int, pokes: Sequence[PokeAudit]) -> str:
    """How many writes came before a frame, by which tools, and what kinds of the catalogue they are."""
    before = [poke for poke in pokes if poke.frame <= frame]
    tools = list(dict.fromkeys(poke.tool or "code in the REPL" for poke in before))
    kinds = list(dict.fromkeys(kind for poke in before for kind in poke.signatures))
    many = f"{len(before):,} write{'' if len(before) == 1 else 's'}"
    return f"{many} by {', '.join(tools)} ({', '.join(kinds)})"


def _by_inputs(sighting: Sighting, rule: Signature) -> Finding:
    return Finding(rule.id, rule.title, sighting.frame, sighting.words, "glitch" if rule.breaks else "note")


def _by_poke(sighting: Sighting, rule: Signature, pokes: Sequence[PokeAudit]) -> Finding:
    """The latest write before it that matches the rule, or else the latest write, explains it."""
    before = [poke for poke in pokes if poke.frame <= sighting.frame]
    fitting = [poke for poke in before if rule.id in poke.signatures] or before
    explained = f"write to {_symbol(fitting[-1])} at frame {fitting[-1].frame:,}" if fitting else "a write on the trunk"
    return Finding(rule.id, rule.title, sighting.frame, sighting.words, "written", explained)


def _written(signature: Signature, pokes: Sequence[PokeAudit]) -> Iterator[Finding]:
    """One finding for all the writes that match a signature."""
    mine = [poke for poke in pokes if signature.id in poke.signatures]
    if mine:
        fields = list(dict.fromkeys(change.meaning for poke in mine for change in poke.changes))
        named = ", ".join(fields[:_FIELDS_NAMED]) + (" …" if len(fields) > _FIELDS_NAMED else "")
        words = f"{len(mine):,} write{'s' if len(mine) > 1 else ''}: {named}"
        explained = f"write to {_symbol(mine[0])} at frame {mine[0].frame:,}"
        yield Finding(signature.id, signature.title, mine[0].frame, words, "written", explained)


def _symbol(poke: PokeAudit) -> str:
    return poke.changes[0].symbol if poke.changes else poke.address
