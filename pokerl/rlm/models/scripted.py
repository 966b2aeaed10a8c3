"""A model whose turns are Markdown files: for tests, demonstrations and offline runs."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from pokerl.errors import ConfigurationProblem, ModelProblem
from pokerl.rlm.messages import Completion, ModelRequest, Usage, estimate_tokens

FRONT_MATTER = re.compile(r"\A\+\+\+\n(.*?)\n\+\+\+\n", re.DOTALL)


class Simulated(Struct, frozen=True, forbid_unknown_fields=True):
    """Front matter of a turn: TOML between two lines ``+++``. What is not given is estimated from the texts."""

    input_tokens: Annotated[int, Meta(ge=0)] | None = None
    output_tokens: Annotated[int, Meta(ge=0)] | None = None
    dollars: Annotated[float, Meta(ge=0)] | None = None
    seconds: Annotated[float, Meta(ge=0, le=60)] = 0.0


class ScriptedModel:
    """Answers turn n of an agent with ``<folder>/<agent path>/<n>.md``, n in two digits or more.

    Numbered agents fall back to the name without the number (``scout-2`` to ``scout``), level by level. A single query
    is answered by ``query/<n>.md``, else by ``query.md`` for all of them.

    Args:
        folder: where the turns are.

    Raises:
        ConfigurationProblem: there is no such folder.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise ConfigurationProblem(f"There is no folder {folder} with scripted turns.", "Give one that exists.")
        self._folder = folder

    @property
    def name(self) -> str:
        """``scripted``."""
        return "scripted"

    def complete(self, request: ModelRequest) -> Completion:
        """The turn's text, after the simulated latency.

        Raises:
            ModelProblem: there is no file for this turn, or its front matter is wrong.
        """
        begun = time.monotonic()
        text = self._turn(request).read_text()
        simulated, text = self._front_matter(text, request)
        left = float("inf") if request.deadline is None else request.deadline - begun
        time.sleep(max(min(simulated.seconds, left), 0.0))
        given, said = simulated.input_tokens, simulated.output_tokens
        usage = Usage(
            estimate_tokens(request.messages) if given is None else given,
            len(text) // 4 + 1 if said is None else said,
            simulated.dollars,
            estimated=given is None or said is None,
        )
        return Completion(text, usage, time.monotonic() - begun, 0.0, self.name)

    def begins(self, agent: str) -> bool:
        """Whether there is a first turn for an agent."""
        return any((self._folder / spelling / "01.md").is_file() for spelling in spellings(agent))

    def _turn(self, request: ModelRequest) -> Path:
        tried = []
        for agent in spellings(request.agent):
            candidates = [self._folder / agent / f"{request.turn:02d}.md"]
            if agent.endswith("/query"):
                candidates.append(self._folder / f"{agent}.md")
            for candidate in candidates:
                if candidate.is_file():
                    return candidate
                tried.append(str(candidate.relative_to(self._folder)))
        raise ModelProblem(
            f"The script has no turn {request.turn} of {request.agent}.",
            f"Write {' or '.join(tried)} in {self._folder}.",
        )

    def _front_matter(self, text: str, request: ModelRequest) -> tuple[Simulated, str]:
        match = FRONT_MATTER.match(text)
        if match is None:
            return Simulated(), text
        try:
            return msgspec.toml.decode(match[1].encode(), type=Simulated), text[match.end() :]
        except msgspec.DecodeError as error:
            raise ModelProblem(
                f"The front matter of turn {request.turn} of {request.agent} is wrong: {error}."
            ) from error


def spellings(agent: str) -> list[str]:
    """An agent's path, then with the numbers of its last, its last two, … names left out."""
    names = agent.split("/")
    found = [agent]
    for position in range(len(names) - 1, -1, -1):
        names[position] = re.sub(r"-\d+$", "", names[position])
        if (path := "/".join(names)) not in found:
            found.append(path)
    return found
