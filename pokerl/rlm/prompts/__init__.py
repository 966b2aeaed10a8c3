"""The engine's prompts: Markdown beside this file, with ``{{name}}`` where a value goes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pokerl.errors import ConfigurationProblem

PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def generic_prompt(*, sub_agents: bool = True) -> str:
    """How the REPL works, told to a model; every agent's system prompt begins with it.

    Args:
        sub_agents: whether the agent may have any; else it is not told of them.
    """
    lines = (Path(__file__).parent / "system.md").read_text().splitlines(keepends=True)
    return "".join(line for line in lines if sub_agents or not line.startswith("* `rlm_query"))


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """Put values in place of ``{{name}}``.

    Raises:
        ConfigurationProblem: a placeholder has no value.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise ConfigurationProblem(f"A prompt names {{{{{match[1]}}}}}, which has no value here.")
        return values[match[1]]

    return PLACEHOLDER.sub(value, text)
