"""Starts the attempts and judges them from outside."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pokerl.errors import SandboxUnavailable
from pokerl.sandbox.escape.bait import Bait, laid_out
from pokerl.sandbox.policy import MEBIBYTE, Policy
from pokerl.sandbox.tier import Tier

PATIENCE = 30.0  # seconds without a sign of life
LONGEST_LINE = 16 * MEBIBYTE
POLICY = Policy(
    scratch_bytes=64 * MEBIBYTE, memory_bytes=768 * MEBIBYTE, processes=24, open_files=64, file_bytes=16 * MEBIBYTE
)


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt.

    Args:
        name: kind and name, e.g. ``"files.read_secret"``.
        escaped: whether it got out.
        said: how it ended.
    """

    name: str
    escaped: bool
    said: str


def attempts() -> dict[str, str]:
    """The code of every attempt by its full name."""
    table = _table()
    listed = {f"{kind}.{name}": code for kind, group in table["attempts"].items() for name, code in group.items()}
    reached = {f"reach.{name}": f"return reach({name!r}, {words!r})" for name, words in table["reach"].items()}
    return listed | reached


def attempt_all(tier: Tier, only: tuple[str, ...] = ()) -> list[Outcome]:
    """Make every attempt in one sandbox, each in a process of its own; about two seconds.

    Args:
        tier: where; it must work.
        only: kinds (``"files"``) or full names; empty means all.

    Returns:
        One outcome an attempt, and one more, ``host.unchanged``, judged from outside by the bait itself.
    """
    chosen = {name: code for name, code in attempts().items() if not only or name in only or name.split(".")[0] in only}
    with laid_out(tier, POLICY) as bait:
        before = bait.state()
        answers = list(_answers(tier, bait, chosen))
        unchanged = bait.state() == before and _alive(bait)
    if len(answers) != len(chosen):
        lost = list(chosen)[len(answers)]
        raise SandboxUnavailable(f"The attempts ended early, at {lost}.", "Run them one by one to see why.")
    outcomes = [_judge(answer, bait.token) for answer in answers]
    return [*outcomes, Outcome("host.unchanged", not unchanged, "the bait is untouched" if unchanged else "changed")]


def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("attempts.toml").read_text())


def _answers(tier: Tier, bait: Bait, chosen: dict[str, str]) -> Iterator[dict[str, Any]]:
    here, there = socket.socketpair()
    script = str(Path(__file__).with_name("inside.py"))
    policy = Policy(**(vars(POLICY) | {"readable": (bait.readable,)}))
    with here:
        with there:
            argv = [sys.executable, script, str(there.fileno())]
            process = tier.launch(argv, policy, (there.fileno(),), stderr=bait.terminal)
        try:
            order = {"host": _facts(bait, process), "numbers": _table()["numbers"], "attempts": chosen}
            here.sendall(json.dumps(order).encode() + b"\n")
            buffer = bytearray()
            for _ in chosen:
                line = _line(here, buffer)
                if not line:
                    return
                yield json.loads(line)
        finally:
            tier.kill(process)


def _facts(bait: Bait, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    return bait.facts | {
        "supervisor": process.pid,
        "megabytes": POLICY.memory_bytes // MEBIBYTE,
        "processes": POLICY.processes,
        "files": POLICY.open_files,
        "file_megabytes": POLICY.file_bytes // MEBIBYTE,
    }


def _line(stream: socket.socket, buffer: bytearray) -> bytes:
    """The next line; an empty one if the sandbox ended or said nothing for long."""
    with contextlib.suppress(OSError):
        while b"\n" not in buffer and select.select([stream], [], [], PATIENCE)[0]:
            data = stream.recv(65536)
            if not data or len(buffer) > LONGEST_LINE:
                return b""
            buffer += data
    line, _, rest = bytes(buffer).partition(b"\n")
    buffer[:] = rest
    return line


def _alive(bait: Bait) -> bool:
    return Path(f"/proc/{bait.facts['victim']}").exists() and Path(f"/proc/{bait.facts['neighbour']}").exists()


def _judge(answer: dict[str, Any], token: str) -> Outcome:
    escaped = answer["found"] is True or token in str(answer["found"])
    return Outcome(answer["name"], escaped, "ESCAPED" if escaped else str(answer["said"]))
