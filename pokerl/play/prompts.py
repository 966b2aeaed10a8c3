"""Filling in the agents' prompts: what each agent is told of its game, its rights and its limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from pokerl.budget import Limits
from pokerl.cartridge import Cartridge
from pokerl.emulator.capability import CAPABILITIES, Mode
from pokerl.errors import ConfigurationProblem
from pokerl.play.interface import Interface
from pokerl.rlm import AgentSpec
from pokerl.shipped import path as shipped

BLOCK_SHARE = 0.25
"""The part of an agent's wall clock that one block may run: an endless loop must leave time to do better."""

LEAST_BLOCK = 30.0
"""Seconds that a block may run however short the time is."""

UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


def agent_folder(name: str) -> Path:
    """The folder of an agent: a path if it is one, else ``agents/<name>``.

    Raises:
        ConfigurationProblem: there is neither.
    """
    given = Path(name).expanduser()
    if (given / "agent.toml").is_file():
        return given
    folder = shipped("agents") / name
    if not (folder / "agent.toml").is_file():
        known = ", ".join(sorted(each.parent.name for each in shipped("agents").glob("*/agent.toml")))
        raise ConfigurationProblem(f"There is no agent {name!r}.", f"Give a folder, or one of {known}.")
    return folder


def game_values(cartridge: Cartridge, mode: Mode, capabilities: Iterable[str], goal: str) -> dict[str, str]:
    """What every agent with a machine is told."""
    granted = set(capabilities)
    return {
        "title": cartridge.title,
        "goal": goal,
        "mode": mode,
        "capabilities": ", ".join(f"`{name}`" for name in CAPABILITIES if name in granted),
        "game_reference": game_reference(granted),
    }


def game_reference(granted: Iterable[str]) -> str:
    """The handle's calls as Markdown, without those that need nothing but a capability that is not granted."""
    text = (shipped("agents") / "shared" / "game.md").read_text(encoding="utf-8").strip()
    refused = {f"| {name} |" for name in CAPABILITIES if name not in granted}
    return "\n".join(line for line in text.splitlines() if not line.endswith(tuple(refused)))


def interface_values(interface: Interface) -> dict[str, str]:
    """What a player or a scout is told of its interface."""
    return {
        "version": interface.manifest.name,
        "player_prompt": interface.prompt.strip(),
        "tools": tool_list(interface),
    }


def paced(agent: AgentSpec, limits: Limits) -> AgentSpec:
    """The agent, whose blocks may each run for no more than a quarter of its wall clock."""
    if limits.wall_seconds is None:
        return agent
    longest = max(LEAST_BLOCK, round(limits.wall_seconds * BLOCK_SHARE))
    return msgspec.structs.replace(agent, cell_seconds=min(agent.cell_seconds, longest))


def tool_list(interface: Interface) -> str:
    """Signature and docstring of each tool, as Markdown."""
    return "\n".join(f"* `{tool.signature}`{_doc(tool.doc)}" for tool in interface.tools) or "(no tools)"


def in_words(limits: Limits) -> str:
    """Limits as a model reads them: "48 h of wall clock, 2,000,000 tokens"."""
    named: tuple[tuple[float | None, Callable[[float], str]], ...] = (
        (limits.wall_seconds, lambda seconds: f"{duration(seconds)} of wall clock"),
        (limits.working_seconds, lambda seconds: f"{duration(seconds)} of working time"),
        (limits.tokens, lambda tokens: f"{tokens:,.0f} tokens"),
        (limits.dollars, lambda dollars: f"${dollars:,.2f}"),
        (limits.frames, lambda frames: f"{frames:,.0f} frames"),
        (limits.sub_calls, lambda calls: f"{calls:,.0f} sub-calls"),
    )
    return ", ".join(say(amount) for amount, say in named if amount is not None) or "no limit of its own"


def duration(seconds: float) -> str:
    """Seconds in the largest unit that keeps them short: "48 h", "90 s", "2 d"."""
    unit, size = next((unit, size) for unit, size in UNITS if seconds >= 2 * size or size == 1)
    return f"{seconds / size:g} {unit}"


def _doc(doc: str) -> str:
    indented = doc.strip().replace("\n", "\n  ")
    return f"\n  {indented}" if indented else ""
