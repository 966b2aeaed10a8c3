"""From settings to an open run: everything that can be wrong is found before the first frame."""

from __future__ import annotations

import hashlib
import itertools
import platform
import re
import shutil
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import FrameType

import msgspec

from pokerl import __version__
from pokerl.cartridge import Cartridge, identify, load, locate_rom
from pokerl.design.settings import PARTS, ExperimentSettings
from pokerl.emulator import Nursery
from pokerl.errors import ConfigurationProblem, RunFolderProblem, UsageProblem
from pokerl.play.executors import executor_of
from pokerl.play.prompts import agent_folder
from pokerl.play.run import Run
from pokerl.rlm import CassetteModel, Model, ScriptedModel, Transcript
from pokerl.rlm.cancellation import Cancellation
from pokerl.sandbox import Tier, choose
from pokerl.shipped import path as shipped
from pokerl.timeline import Event, History, Recorder, StateStore, read_events
from pokerl.timeline.manifest import FORMAT, Manifest, Work, read_manifest, write_manifest

MACHINE = re.compile(r"^m(\d+)$")
VERBS: dict[Work, tuple[str, str]] = {
    "experiment": ("a whole experiment", "run"),
    "attempt": ("a single attempt", "play"),
}
"""What a run folder may be, and the verb that makes it."""


def find_cartridge(settings: ExperimentSettings, environment: Mapping[str, str]) -> tuple[Cartridge, Path, str]:
    """The game, its ROM and the ROM's SHA-1.

    Raises:
        RomProblem: there is no ROM, or it is not the one that the settings name.
    """
    given = settings.rom or (environment.get("POKERL_ROM", "") if settings.cartridge != "demo" else "")
    if settings.cartridge:
        cartridge = load(settings.cartridge)
        rom = locate_rom(cartridge, given or None)
    elif given:
        rom = locate_rom(load("generic"), given)
        cartridge = identify(rom.read_bytes())
    else:
        cartridge = load("demo")
        rom = locate_rom(cartridge, None)
    return cartridge, rom.resolve(), hashlib.sha1(rom.read_bytes(), usedforsecurity=False).hexdigest()


def build_models(settings: ExperimentSettings) -> tuple[dict[str, Model], dict[str, Model]]:
    """Who answers for each part, and all models by name.

    Raises:
        ConfigurationProblem: no model is named, or no key is set.
        ModelProblem: the endpoint is not there.
    """
    if settings.scripted:
        script = ScriptedModel(scripted_folder(settings.scripted))
        return dict.fromkeys(PARTS, script), {script.name: script}
    if settings.cassette:
        cassette = CassetteModel(Path(settings.cassette) / "transcripts")
        return dict.fromkeys(PARTS, cassette), {cassette.name: cassette}
    from pokerl.rlm import OpenAIModel  # half a second of imports that a scripted run does without

    names = model_names(settings)
    wanted = {*names.values(), *(getattr(settings, part).sub_model for part in PARTS)} - {""}
    by_name: dict[str, Model] = {}
    for name in sorted(wanted):
        model = OpenAIModel(name)
        if not by_name:
            model.check()
        by_name[name] = model
    return {part: by_name[names[part]] for part in PARTS}, by_name


def model_names(settings: ExperimentSettings) -> dict[str, str]:
    """The model of each part; a part without one takes the designer's, the designer the player's.

    Raises:
        ConfigurationProblem: no part names one.
    """
    first = settings.designer.model or settings.player.model
    if not first:
        raise ConfigurationProblem(
            "No model is named.", "Give --model NAME, or set designer.model in the experiment's file."
        )
    player = settings.player.model or first
    return {
        "designer": settings.designer.model or first,
        "player": player,
        "scout": settings.scout.model or settings.player.sub_model or player,
    }


def scripted_folder(name: str) -> Path:
    """A folder of scripted turns: a path if it is one, else one of ``agents/``."""
    return Path(name) if Path(name).is_dir() else shipped("agents") / name


@contextmanager
def open_run(
    settings: ExperimentSettings,
    *,
    environment: Mapping[str, str],
    resume: Path | None = None,
    unsafe: bool = False,
    work: Work = "experiment",
) -> Iterator[Run]:
    """An open run: folder, models, sandbox and nursery; Ctrl-C inside ends it in order.

    Args:
        settings: of the experiment.
        environment: where POKERL_ROM is looked up.
        resume: a run folder to go on with, instead of making one.
        unsafe: allow the tier without any sandbox.
        work: what is to be done in it; the folder to go on with must be of the same kind.

    Raises:
        UsageProblem: something is missing or wrong; nothing was written then.
    """
    if resume is not None:
        _require_same_work(read_manifest(resume), resume, work)
    cartridge, rom, sha1 = find_cartridge(settings, environment)
    for part in PARTS:
        agent_folder(getattr(settings, part).agent)
    parts, by_name = build_models(settings)
    tier = choose(settings.sandbox or None, unsafe=unsafe)
    executor = executor_of(settings.executor) if settings.executor else None
    away = executor_of(settings.attempts_on) if settings.attempts_on else None
    if resume is not None:
        _require_same_game(read_manifest(resume), sha1)
    folder = resume or _make_folder(settings, _manifest(settings, cartridge, rom, sha1, tier, parts, work))
    with ExitStack() as stack:
        for each in (executor, away):
            if each is not None:
                stack.callback(each.close)
        run = Run(
            folder=folder,
            cartridge=cartridge,
            rom=rom,
            mode=settings.mode,
            goal=settings.goal,
            model=parts,
            models=by_name,
            tier=tier,
            nursery=stack.enter_context(Nursery()),
            recorder=stack.enter_context(Recorder(folder)),
            states=StateStore(folder),
            transcript=Transcript(folder / "transcripts"),
            history=History(folder),
            executor=executor,
            away=away,
            machine_numbers=itertools.count(_last_machine(read_events(folder) if resume else ()) + 1),
        )
        stack.enter_context(_interruptible(run.cancelled))
        with nullcontext() if resume else _leaving_nothing(run):
            yield run


@contextmanager
def _leaving_nothing(run: Run) -> Iterator[None]:
    """Remove the folder of a run in which nothing happened, because what was given cannot work."""
    try:
        yield
    except UsageProblem:
        if not run.events():
            shutil.rmtree(run.folder)
        raise


def _manifest(
    settings: ExperimentSettings,
    cartridge: Cartridge,
    rom: Path,
    sha1: str,
    tier: Tier,
    models: Mapping[str, Model],
    work: Work,
) -> Manifest:
    return Manifest(
        format=FORMAT,
        name=settings.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        cartridge=cartridge.identifier,
        rom=rom.name,
        rom_sha1=sha1,
        mode=settings.mode,
        sandbox=tier.name,
        pokerl=__version__,
        pyboy=version("pyboy"),
        python=platform.python_version(),
        models={part: model.name for part, model in models.items()},
        settings=msgspec.to_builtins(settings),
        work=work,
    )


def _make_folder(settings: ExperimentSettings, manifest: Manifest) -> Path:
    """A new run folder with its manifest, never an existing one."""
    stem = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{settings.name}"
    for number in itertools.count(1):
        folder = Path(settings.runs).expanduser() / (stem if number == 1 else f"{stem}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise ConfigurationProblem(
                f"No run folder can be made in {settings.runs}: {error.strerror}.", "Give another place with --runs."
            ) from None
        write_manifest(folder, manifest)
        return folder.resolve()
    raise AssertionError("counting never ends")


def _require_same_game(manifest: Manifest, sha1: str) -> None:
    if manifest.rom_sha1 != sha1:
        raise RunFolderProblem(
            f"The run was made with a ROM of SHA-1 {manifest.rom_sha1}, this one has {sha1}.", "Give the same ROM."
        )


def _require_same_work(manifest: Manifest, folder: Path, work: Work) -> None:
    if manifest.work != work:
        what, verb = VERBS[manifest.work]
        raise UsageProblem(f"{folder} is {what}.", f"Go on with it by `pokerl {verb} --resume {folder}`.")


def _last_machine(events: Iterable[Event]) -> int:
    numbers = (int(found[1]) for event in events if (found := MACHINE.match(event.machine)))
    return max(numbers, default=0)


@contextmanager
def _interruptible(cancelled: threading.Event | Cancellation) -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) asks everything to end in order, a second one ends it at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        if cancelled.is_set():
            raise KeyboardInterrupt
        cancelled.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
