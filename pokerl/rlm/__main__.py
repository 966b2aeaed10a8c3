"""``python -m pokerl.rlm "question" --context FILE``: answer a question over a long text."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from pokerl.budget import Budget, Limits
from pokerl.errors import ConfigurationProblem, PokerlError
from pokerl.rlm.agent import AgentSpec
from pokerl.rlm.ledger import Ledger
from pokerl.rlm.loop import run
from pokerl.rlm.messages import Model
from pokerl.rlm.models.scripted import ScriptedModel
from pokerl.rlm.result import Progress, Result
from pokerl.rlm.resume import spent_before
from pokerl.rlm.transcript import Transcript
from pokerl.sandbox import choose

NAME = "answerer"
EXIT_CODES = {"answered": 0, "budget": 3, "turns": 3, "failed": 1, "interrupted": 130}


def main(arguments: list[str] | None = None) -> int:
    """Run the command; its exit code."""
    options = parser().parse_args(arguments)
    try:
        result = answer(options)
    except PokerlError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print(result.content)
    if result.stop != "answered":
        print(f"stopped ({result.stop}): {result.reason}", file=sys.stderr)
    return EXIT_CODES[result.stop]


def parser() -> argparse.ArgumentParser:
    """What can be said on the command line."""
    made = argparse.ArgumentParser(prog="python -m pokerl.rlm", description=__doc__)
    made.add_argument("question")
    made.add_argument("--context", type=Path, metavar="FILE", help="text of any length; - reads standard input")
    who = made.add_mutually_exclusive_group(required=True)
    who.add_argument("--model", metavar="NAME", help="a model at OPENAI_BASE_URL")
    who.add_argument("--scripted", type=Path, metavar="FOLDER", help=f"turns from files (agent name: {NAME})")
    made.add_argument("--minutes", type=float, default=30.0, help="wall clock")
    made.add_argument("--tokens", type=float, default=2_000_000, help="input and output, sub-calls included")
    made.add_argument("--max-turns", type=int, default=40)
    made.add_argument("--depth", type=int, default=1, help="generations of sub-agents")
    made.add_argument("--transcript", type=Path, metavar="FOLDER", help="where to write what happens")
    made.add_argument("--resume", action="store_true", help="go on from the transcript")
    made.add_argument("--sandbox", metavar="TIER", help="the sandbox tier; by default the best that works")
    made.add_argument("--unsafe-no-sandbox", action="store_true", help="run model-written code without any sandbox")
    made.add_argument("--verbose", action="store_true", help="show each turn")
    return made


def answer(options: argparse.Namespace) -> Result:
    """Do what the options say."""
    if options.resume and options.transcript is None:
        raise ConfigurationProblem("--resume needs --transcript.", "Name the folder of the run to go on with.")
    folder = options.transcript or Path("runs") / time.strftime("%Y%m%dT%H%M%SZ-rlm", time.gmtime()) / "transcripts"
    context = read(options.context)
    model = choose_model(options)
    transcript = Transcript(folder)
    before = spent_before(transcript, NAME)
    ledger = Ledger(before=before.usage)
    limits = Limits(wall_seconds=options.minutes * 60, tokens=options.tokens)
    result = run(
        AgentSpec(name=NAME, max_turns=options.max_turns, depth=options.depth),
        context,
        task=options.question,
        model=model,
        budget=Budget(limits, name="this question", spent=before.resources),
        tier=choose(options.sandbox, unsafe=options.unsafe_no_sandbox),
        transcript=transcript,
        ledger=ledger,
        resume=options.resume,
        progress=show if options.verbose else None,
    )
    usage = ledger.usage()
    about = "about " if usage.estimated else ""
    print(f"{result.turns} turns, {ledger.calls} calls, {about}{usage.tokens:,} tokens; {folder}", file=sys.stderr)
    return result


def choose_model(options: argparse.Namespace) -> Model:
    """The model that is asked; an endpoint is tried before anything starts."""
    if options.scripted is not None:
        return ScriptedModel(options.scripted)
    from pokerl.rlm.models.openai import OpenAIModel

    model = OpenAIModel(options.model)
    model.check()
    return model


def read(path: Path | None) -> str | None:
    """The context.

    Raises:
        ConfigurationProblem: the file cannot be read as text.
    """
    try:
        if path is None:
            return None
        return sys.stdin.read() if str(path) == "-" else path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationProblem(f"The context {path} cannot be read: {error}.", "Give a UTF-8 text file.") from error


def show(progress: Progress) -> None:
    """Print a turn."""
    print(f"\n── {progress.agent}, turn {progress.turn}\n{progress.reply}\n──\n{progress.observed}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
