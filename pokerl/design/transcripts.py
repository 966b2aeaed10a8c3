"""What the agents of an attempt saw and did, as text for the designer."""

from __future__ import annotations

from pokerl.errors import UsageProblem
from pokerl.play.run import Run
from pokerl.rlm.transcript import Ended, Observed, Turn


def attempt_text(run: Run, attempt: str) -> str:
    """The transcript of an attempt's player, then those of its sub-agents.

    Raises:
        UsageProblem: there is no such attempt.
    """
    player = next((e.data["agent"] for e in run.events() if e.kind == "attempt_started" and e.attempt == attempt), None)
    if player is None:
        raise UsageProblem(f"There is no attempt {attempt!r}.", "`attempts` lists them.")
    folder = run.transcript.folder
    below = sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.glob(f"{player}/*.jsonl"))
    return "\n\n".join(_agent_text(run, agent) for agent in (player, *below))


def _agent_text(run: Run, agent: str) -> str:
    lines = [f"##### {agent}"]
    for record in run.transcript.of(agent).records():
        match record:
            case Turn():
                lines.append(f"--- turn {record.turn}\n{record.text}")
            case Observed():
                lines.append(f"--- it saw\n{record.text}")
            case Ended():
                lines.append(f"--- ended: {record.stop} ({record.reason})")
            case _:
                pass
    return "\n".join(lines)
