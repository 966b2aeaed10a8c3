"""What an agent is: its prompt and its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from pokerl.errors import ConfigurationProblem
from pokerl.rlm.prompts import fill_in, generic_prompt

Count = Annotated[int, Meta(ge=1)]


class AgentSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agent of the engine.

    Attributes:
        name: used in paths of agents and transcripts; letters, digits, ``-``, ``_`` and ``.``.
        system: the agent's own prompt; the engine's generic one (how the REPL works) is put before it.
        max_turns: how often the model may be asked.
        depth: how many generations of sub-agents it may have below it; at 0 ``rlm_query`` becomes ``llm_query``.
        output_limit: characters of one block's output that the model sees (head and tail; the rest stays readable).
        image_limit: pictures of one block that the model sees.
        cell_seconds: how long a block may run, time inside host calls (models, sub-agents) not counted.
        concurrency: how many queries, and how many sub-agents, of one agent run at once.
        context_tokens: estimated size of a conversation above which old turns are folded away; 0 never folds.
        sub_model: name of the model for ``llm_query`` and sub-agents; "" takes the agent's own.
    """

    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")]
    system: str = ""
    max_turns: Count = 100
    depth: Annotated[int, Meta(ge=0, le=8)] = 1
    output_limit: Annotated[int, Meta(ge=200)] = 8192
    image_limit: Annotated[int, Meta(ge=0, le=32)] = 4
    cell_seconds: Annotated[float, Meta(gt=0)] = 600.0
    concurrency: Annotated[int, Meta(ge=1, le=64)] = 8
    context_tokens: Annotated[int, Meta(ge=0)] = 100_000
    sub_model: str = ""

    @property
    def full_system(self) -> str:
        """The whole system prompt: the engine's part and the agent's."""
        values = {"output_limit": f"{self.output_limit:,}", "cell_seconds": f"{self.cell_seconds:g}"}
        return f"{fill_in(generic_prompt(sub_agents=self.depth > 0), values)}\n\n{self.system}".strip()

    def sub_agent(self, name: str = "sub") -> AgentSpec:
        """The spec of a generic sub-agent of this one."""
        return msgspec.structs.replace(self, name=name, system="", depth=max(self.depth - 1, 0))


def load_agent(folder: Path, **values: str) -> AgentSpec:
    """Read an agent from a folder: ``agent.toml`` and ``system.md``.

    Args:
        folder: where the files are.
        values: what to put in place of each ``{{name}}`` in the prompt.

    Raises:
        ConfigurationProblem: a file is missing or wrong, or a placeholder has no value.
    """
    prompt = _file_of(folder, "system.md").read_text()
    return msgspec.structs.replace(agent_limits(folder), system=fill_in(prompt, values))


def agent_limits(folder: Path) -> AgentSpec:
    """An agent's ``agent.toml`` alone, with an empty prompt: what it may do at most.

    Raises:
        ConfigurationProblem: the file is missing or wrong.
    """
    settings = _file_of(folder, "agent.toml")
    try:
        return msgspec.toml.decode(settings.read_bytes(), type=AgentSpec)
    except msgspec.DecodeError as error:
        raise ConfigurationProblem(f"{settings} is wrong: {error}.", "See docs/rlm.md for its keys.") from error


def _file_of(folder: Path, name: str) -> Path:
    if not (folder / name).is_file():
        raise ConfigurationProblem(f"The agent {folder} has no {name}.", "See docs/rlm.md for what it holds.")
    return folder / name
