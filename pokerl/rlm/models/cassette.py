"""A model that gives the answers of a recorded run again."""

from __future__ import annotations

import threading
from pathlib import Path

from pokerl.errors import ConfigurationProblem, ModelProblem
from pokerl.rlm.messages import Completion, ModelRequest, fixed_digest
from pokerl.rlm.transcript import Transcript, Turn


class CassetteModel:
    """Replays the transcripts of a run: the same agents, turns and prompts get the same replies, at once.

    Args:
        folder: the ``transcripts/`` folder of the recorded run.

    Raises:
        ConfigurationProblem: there are no transcripts.
    """

    def __init__(self, folder: Path) -> None:
        if not any(folder.rglob("*.jsonl")):
            raise ConfigurationProblem(f"There are no transcripts in {folder}.", "Give the folder of a recorded run.")
        self._transcript = Transcript(folder)
        self._lock = threading.Lock()
        self._agents: dict[str, dict[int, Turn]] = {}

    @property
    def name(self) -> str:
        """``cassette``."""
        return "cassette"

    def complete(self, request: ModelRequest) -> Completion:
        """The recorded reply.

        Raises:
            ModelProblem: the recorded run has no such turn, or it was asked something else.
        """
        where = f"turn {request.turn} of {request.agent}"
        turn = self._turns(request.agent).get(request.turn)
        if turn is None:
            raise ModelProblem(f"The recorded run has no {where}.", "This run went another way than the recorded one.")
        if turn.asked != fixed_digest(request.messages):
            raise ModelProblem(
                f"The recorded run was asked something else at {where}.",
                "Replay with the prompts, settings and code of the recorded run.",
            )
        if turn.error:
            raise ModelProblem(f"The recorded run got no reply at {where}: {turn.error}")
        return Completion(turn.text, turn.usage, 0.0, 0.0, turn.model)

    def _turns(self, agent: str) -> dict[int, Turn]:
        with self._lock:
            if agent not in self._agents:
                turns = self._transcript.of(agent).of_kind(Turn)
                self._agents[agent] = {turn.turn: turn for turn in turns}
            return self._agents[agent]
