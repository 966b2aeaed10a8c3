"""`pokerl states`: what can be done with savestates on the command line."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pokerl.commands.output import console_for, print_json

LIST = "list"


class ListByDefault(TyperGroup):
    """`pokerl states` and `pokerl states RUN` list."""

    def parse_args(self, ctx: Any, args: Sequence[str]) -> list[str]:
        """Put the verb that is meant before what names none."""
        given = list(args)
        named = bool(given) and (given[0] in self.commands or given[0] in ("--help", "-h"))
        return list(super().parse_args(ctx, given if named else [LIST, *given]))


app = typer.Typer(cls=ListByDefault, help="List, show, name, import and make savestates.", rich_markup_mode=None)

Rom = Annotated[str, typer.Option("--rom", help="Your ROM; otherwise POKERL_ROM, or the demo's own.")]
Game = Annotated[str, typer.Option("--cartridge", help="Which game: red, blue, demo or generic.")]
Named = Annotated[str, typer.Option("--name", help="What to call it; `pokerl play --start` takes that name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Out = Annotated[Path | None, typer.Option(help="Where the picture goes.")]


@app.command(LIST)
def list_all(
    folder: Annotated[
        Path | None, typer.Argument(help="A run folder; the start states of savestates/ without.")
    ] = None,
    picture: Annotated[str, typer.Option(help="A checkpoint (or its beginning): write its picture as PNG.")] = "",
    out: Out = None,
    rom: Rom = "",
    as_json: AsJson = False,
) -> None:
    """List the checkpoints of a run (or show one), or the start states there are."""
    from pokerl.states import checkpoints
    from pokerl.states.shelf import list_states

    if folder is None:
        _show(list_states(), as_json)
    elif picture:
        drawn = checkpoints.draw_checkpoint(folder, picture, out, rom=rom)
        _json({"picture": drawn}, as_json)
        console_for(as_json).print(str(drawn), highlight=False, markup=False, soft_wrap=True)
    elif as_json:
        _json(checkpoints.list_checkpoints(folder), True)
    else:
        console_for(as_json).print(checkpoints.checkpoints_table(checkpoints.list_checkpoints(folder)))


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A start state.")],
    out: Out = None,
    rom: Rom = "",
    as_json: AsJson = False,
) -> None:
    """Write the picture of a start state as PNG and say what its memory says."""
    from pokerl.cartridge import load, locate_rom
    from pokerl.cartridge.profile import known_roms
    from pokerl.states.shelf import picture_of_state, take_state

    stored = take_state(name)
    profile = known_roms().get(stored.rom_sha1)
    cartridge = load(profile.identifier if profile else "generic")
    target = out or Path(f"{Path(name).stem}.png")
    place = locate_rom(cartridge, _rom(rom, cartridge.shipped))
    said = picture_of_state(stored, place, cartridge, target)
    _json({"picture": str(target), "label": stored.label, "summary": said}, as_json)
    console_for(as_json).print(
        f"{target}\n{stored.label}\n{said}".strip(), highlight=False, markup=False, soft_wrap=True
    )


@app.command()
def keep(
    folder: Annotated[Path, typer.Argument(help="A run folder.")],
    checkpoint: Annotated[str, typer.Argument(help="A checkpoint of it, or its beginning.")],
    name: Named,
    as_json: AsJson = False,
) -> None:
    """Name a checkpoint of a run: keep it as a start state."""
    from pokerl.states.naming import name_checkpoint

    _show([name_checkpoint(folder, checkpoint, name)], as_json)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A state that PyBoy saved.")],
    cartridge: Game = "",
    rom: Rom = "",
    name: Named = "",
    trust: Annotated[bool, typer.Option("--trust", help="I know where it comes from.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a state that PyBoy made elsewhere; an older PyBoy will do."""
    from pokerl.cartridge import load
    from pokerl.states.foreign import import_state

    game = load(cartridge or "demo")
    kept, said = import_state(file, game, _rom(rom, game.shipped) or "", trust=trust, name=name)
    _show([kept], as_json)
    if said:
        console_for(as_json).print(said, highlight=False, markup=False)


@app.command()
def make(name: Named, cartridge: Game = "demo", rom: Rom = "", as_json: AsJson = False) -> None:
    """Play by hand in a window; where the game stands when it is closed becomes a start state."""
    from pokerl.cartridge import load
    from pokerl.states.hand import KEYS, make_state

    game = load(cartridge)
    console_for(as_json).print(KEYS, highlight=False)
    _show([make_state(game, _rom(rom, game.shipped) or "", name)], as_json)


def _rom(given: str, is_shipped: str) -> str | None:
    return given or (None if is_shipped else os.environ.get("POKERL_ROM"))


def _show(kept: Sequence[Any], as_json: bool) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from pokerl.display import plain

    _json(kept, as_json)
    if as_json:
        return
    if not kept:
        console_for(False).print("There are no start states in savestates/.")
        return
    table = Table(box=SIMPLE_HEAD)
    for title in ("start state", "game", "frame", "PyBoy", "where from"):
        table.add_column(title)
    for one in kept:
        table.add_row(
            plain(one.name),
            one.cartridge or plain(one.rom_sha1[:8]),
            f"{one.frame:,}",
            plain(one.pyboy),
            plain(one.label),
        )
    console_for(False).print(table)


def _json(value: Any, wanted: bool) -> None:
    if wanted:
        print_json(value)
