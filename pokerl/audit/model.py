"""What an audit says, as frozen data; JSON of it is stable and what ``pokerl audit --json`` prints."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from pokerl.audit.decode import Change

POWER_ON = "power-on"

Verdict = Literal["earned", "glitched", "written", "claimed"]


class ToolAudit(Struct, frozen=True):
    """One function of an interface version.

    Attributes:
        name, signature, doc: from its source; ``doc`` is the first line.
        hint: capabilities that its source appears to use. A hint only: source can hide what it does.
        used: capability → acts counted at the machine's gate under this tool's name. The counting is the gate's, the
            name is reported by the untrusted code itself.
    """

    name: str
    signature: str
    doc: str
    hint: tuple[str, ...]
    used: dict[str, int]


class VersionAudit(Struct, frozen=True):
    """One interface version: what it declared and what was measured.

    ``unnamed`` counts the acts under names that are none of its tools ("" for code written in the REPL itself).
    """

    version: str
    digest: str
    declared: tuple[str, ...]
    used: dict[str, int]
    tools: tuple[ToolAudit, ...]
    unnamed: dict[str, dict[str, int]]


class PokeAudit(Struct, frozen=True):
    """One write into the machine.

    Attributes:
        attempt, machine, segment, frame: where and when.
        tool: the name that the untrusted code gave; ``why`` the reason it gave.
        address, before, after: the bytes in hexadecimal.
        changes: the same as fields in words.
        signatures: ids of the catalogue's entries that it matches.
        on_trunk: whether the committed path contains it; otherwise it lies on a discarded branch.
    """

    attempt: str
    machine: str
    segment: str
    frame: int
    tool: str
    why: str
    address: str
    before: str
    after: str
    changes: tuple[Change, ...]
    signatures: tuple[str, ...]
    on_trunk: bool


class PokeGroup(Struct, frozen=True):
    """All pokes to one symbol."""

    symbol: str
    meaning: str
    pokes: int
    on_trunk: int
    attempts: tuple[str, ...]


class Provenance(Struct, frozen=True):
    """How a milestone on the trunk came about, with the evidence in words.

    ``frame`` is the frame on record, of the path from power-on.
    """

    name: str
    title: str
    frame: int
    verdict: Verdict
    evidence: str


class Finding(Struct, frozen=True):
    """A rule of the catalogue found broken in the replayed trunk.

    Attributes:
        signature, title: the catalogue's entry.
        frame: since when.
        words: what was seen.
        severity: ``written`` (a poke explains it), ``glitch`` (by inputs alone, and it counts), ``note`` (worth a
            look; honest play might do it).
        explained: the poke that explains it; "" for none.
    """

    signature: str
    title: str
    frame: int
    words: str
    severity: Literal["written", "glitch", "note"]
    explained: str = ""


class Reroll(Struct, frozen=True):
    """A checkpoint that play went on from more than once. Exploration, not cheating, but it belongs on record."""

    checkpoint: str
    frame: int
    times: int
    in_battle: bool | None


class Exploration(Struct, frozen=True):
    """How much was tried and how much of it was kept.

    ``found_elsewhere`` are milestones reached only on branches that were discarded.
    """

    segments: int
    branches: int
    trunk_frames: int
    discarded_frames: int
    rerolls: tuple[Reroll, ...]
    found_elsewhere: tuple[str, ...]


class Resources(Struct, frozen=True):
    """What an attempt cost. ``dollars`` is ``None`` where the price of a call is unknown."""

    frames: int
    wall_seconds: float | None
    tokens: int
    dollars: float | None
    model_calls: int


class Refusal(Struct, frozen=True):
    """An act that the gate refused, and how often."""

    attempt: str
    tool: str
    request: str
    capability: str
    message: str
    times: int


class ReplayAudit(Struct, frozen=True):
    """What replaying a trunk showed.

    Attributes:
        agrees: every hash and every milestone came out as recorded.
        words: what was compared, or the first disagreement.
        checks: hashes compared; ``unchecked_frames`` after the last of them.
        origin: "power-on", or which state the path starts from, with that state's label.
    """

    agrees: bool
    words: str
    frames: int
    checks: int
    unchecked_frames: int
    seconds: float
    origin: str


class AttemptAudit(Struct, frozen=True):
    """One attempt.

    ``start`` is the digest of the checkpoint that it began from, empty for power-on; ``trunk_pokes`` counts the writes
    on the whole path to its end, those before that checkpoint included.
    """

    attempt: str
    version: str
    mode: str
    outcome: str
    reason: str
    replay: ReplayAudit | None
    provenance: tuple[Provenance, ...]
    findings: tuple[Finding, ...]
    exploration: Exploration
    resources: Resources
    start: str = ""
    trunk_pokes: int = 0


class Audit(Struct, frozen=True):
    """The whole audit of a run folder.

    ``problems`` are the disagreements between record and replay; an audit without any is ``ok``.
    """

    run: str
    cartridge: str
    rom_sha1: str
    mode: str
    sandbox: str
    versions: tuple[VersionAudit, ...]
    attempts: tuple[AttemptAudit, ...]
    pokes: tuple[PokeAudit, ...]
    poke_groups: tuple[PokeGroup, ...]
    refusals: tuple[Refusal, ...]
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether every replay agreed with the record."""
        return not self.problems
