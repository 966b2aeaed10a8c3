"""The interface contract: what breaks it is told in a sentence with its remedy, and reading it runs nothing."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pokerl.errors import InterfaceProblem
from pokerl.play.interface import (
    MAXIMUM_BYTES,
    MAXIMUM_FILES,
    MAXIMUM_PROMPT,
    RESERVED,
    list_tools,
    load_interface,
)
from pokerl.shipped import path as shipped
from tests.play.stage import write_interface

TOOLS = '''
"""Helpers."""
import math

LIMIT = 5

def walk(game, x: int, y: int = 3, *, quick: bool = False) -> str:
    """Walk there.

    Stops at doors.
    """
    game.press("up")
    return str(game.read("wXCoord"))

def cheat(game, /, *rest, **named):
    game.poke(0xD000, 1)
    other.screen()

def _helper(anything):
    return anything

class Tracker:
    def method(self): ...
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_interface(tmp_path / "mine", TOOLS, capabilities=("press", "ram.read"))


def problem_of(folder: Path) -> InterfaceProblem:
    with pytest.raises(InterfaceProblem) as caught:
        load_interface(folder)
    assert caught.value.message.endswith(".")
    assert caught.value.remedy.endswith(".")
    return caught.value


def remove(name: str):
    return lambda folder: (folder / name).unlink()


def put(name: str, content: str | bytes):
    data = content.encode() if isinstance(content, str) else content
    return lambda folder: (folder / name).write_bytes(data)


def many_files(folder: Path) -> None:
    for number in range(MAXIMUM_FILES):
        (folder / f"{number}.txt").touch()


def link_inside(folder: Path) -> None:
    (folder / "data.json").symlink_to("/etc/passwd")


def link_to_folder(folder: Path) -> None:
    (folder / "data").symlink_to("/etc")


def dangling_link(folder: Path) -> None:
    (folder / "data").symlink_to("/nothing/here")


def manifest_is_a_folder(folder: Path) -> None:
    (folder / "interface.toml").unlink()
    (folder / "interface.toml").mkdir()


def name_that_is_no_text(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.txt")).touch()


def folders_without_end(folder: Path) -> None:
    with contextlib.chdir(folder):
        for _ in range(30):
            Path("x" * 200).mkdir()
            os.chdir("x" * 200)


BROKEN = {
    "no manifest": (
        remove("interface.toml"),
        "interface.toml of the interface in 'mine' cannot be used: it is missing",
    ),
    "a folder as manifest": (manifest_is_a_folder, "Is a directory"),
    "no TOML": (put("interface.toml", "name = "), "cannot be used"),
    "no name": (put("interface.toml", "capabilities = []"), "`name`"),
    "a name that is none": (put("interface.toml", 'name = "../up"\ncapabilities = []'), "$.name"),
    "a name of two lines": (put("interface.toml", 'name = "v1\\n"\ncapabilities = []'), "$.name"),
    "an unknown capability": (put("interface.toml", 'name = "a"\ncapabilities = ["root"]'), "'root'"),
    "capabilities that are no list": (put("interface.toml", 'name = "a"\ncapabilities = "press"'), "$.capabilities"),
    "an unknown field": (put("interface.toml", 'name = "a"\ncapabilities = []\ncolour = 1'), "`colour`"),
    "deep TOML": (put("interface.toml", "name = " + "[" * 5000), "cannot be used"),
    "a manifest that is no text": (put("interface.toml", b"\xff\xfe"), "cannot be used"),
    "no tools": (remove("tools.py"), "has no tools.py"),
    "tools that do not parse": (put("tools.py", "def walk(game:\n"), "line 1"),
    "tools that are no text": (put("tools.py", b"\xff\xfe"), "not UTF-8"),
    "a NUL in the tools": (put("tools.py", "x = 1\0"), "does not parse"),
    "a tool without game": (put("tools.py", "def walk(x, game): ..."), "walk() in tools.py does not take `game`"),
    "tools without game": (put("tools.py", "def a(): ...\ndef b(game): ...\ndef c(x): ..."), "a(), c() in tools.py do"),
    "a tool without parameters": (put("tools.py", "def walk(): ..."), "walk()"),
    "a tool with only named parameters": (put("tools.py", "def walk(*, game): ..."), "walk()"),
    "a tool that hides a name of the REPL": (put("tools.py", "def explore(game): ..."), "explore()"),
    "no prompt": (remove("player.md"), "has no player.md"),
    "a prompt that is no text": (put("player.md", b"\xff"), "player.md is not UTF-8"),
    "a prompt without end": (put("player.md", "x" * (MAXIMUM_PROMPT + 1)), f"has {MAXIMUM_PROMPT + 1} characters"),
    "too many files": (many_files, f"has {MAXIMUM_FILES + 3} files"),
    "a huge file": (put("data.json", bytes(MAXIMUM_BYTES + 1)), "bytes together"),
    "a huge source": (put("tools.py", "x\n" * 101_000), "has 202000 bytes"),
    "a name that is no text": (name_that_is_no_text, "cannot be the name of a file"),
    "a name that draws on the terminal": (put("\x1b[2J.txt", ""), "cannot be the name of a file"),
    "folders without end": (folders_without_end, "cannot be listed"),
    "a link to a file": (link_inside, "symbolic link"),
    "a link to a folder": (link_to_folder, "symbolic link"),
    "a link to nothing": (dangling_link, "symbolic link"),
}


@pytest.mark.parametrize("breaks", BROKEN)
def test_whatever_breaks_the_contract_is_told(folder, breaks):
    do, said = BROKEN[breaks]
    do(folder)
    assert said in problem_of(folder).message


def test_a_missing_folder_is_told(tmp_path):
    assert "There is no interface folder" in problem_of(tmp_path / "none").message


def test_the_tools_are_listed_as_the_player_calls_them(folder):
    interface = load_interface(folder)
    walk, cheat = interface.tools
    assert walk.signature == "walk(x: int, y: int=3, *, quick: bool=False) -> str"
    assert walk.doc == "Walk there.\n\nStops at doors."
    assert cheat.signature == "cheat(*rest, **named)"
    assert interface.manifest.capabilities == ["press", "ram.read"]
    assert interface.files == ("interface.toml", "player.md", "tools.py")


def test_the_hint_names_what_the_source_uses_of_game(folder):
    walk, cheat = load_interface(folder).tools
    assert walk.capabilities_hint == ("press", "ram.read")
    assert cheat.capabilities_hint == ("ram.write",)


def test_a_package_of_tools_is_an_interface_too(folder):
    (folder / "tools.py").unlink()
    (folder / "tools").mkdir()
    (folder / "tools" / "__init__.py").write_text("from . import maps\ndef go(game): ...\n")
    (folder / "tools" / "maps.py").write_text("")
    interface = load_interface(folder)
    assert [tool.name for tool in interface.tools] == ["go"]
    assert "tools/maps.py" in interface.files


def test_reading_an_interface_does_not_run_it(folder, tmp_path):
    (folder / "tools.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    load_interface(folder)
    assert not (tmp_path / "ran").exists()


def test_of_two_tools_of_one_name_the_later_counts():
    tools = list_tools("def go(game, a): ...\ndef go(game, b): ...\n")
    assert [tool.signature for tool in tools] == ["go(b)"]


def test_the_digest_changes_with_names_and_contents_only(folder):
    def change_text() -> None:
        (folder / "player.md").write_text("Play well.")

    def change_name() -> None:
        (folder / "player.md").rename(folder / "a.md")
        (folder / "player.md").write_text("Play.")
        (folder / "a.md").rename(folder / "b.md")

    def touch() -> None:
        os.utime(folder / "tools.py", (1, 1))

    def compile_it() -> None:
        (folder / "__pycache__").mkdir()
        (folder / "__pycache__" / "tools.pyc").write_bytes(b"x")

    seen = [load_interface(folder).digest]
    for change in (touch, compile_it, change_text, change_name):
        change()
        seen.append(load_interface(folder).digest)
    assert seen[0] == seen[1] == seen[2]
    assert len(set(seen)) == 3


@given(st.text(max_size=200))
@example("def f(game, x=" + "(" * 150 + ")" * 150 + "): ...")
@example("def f(game, x=" + "-" * 3000 + "1): ...")
@example("def f(game, x=" + "+".join("1" * 900) + "): ...")
@example('def f(game):\n    """\\ud800"""')
@example("def f(game): return '\\d'")
@example("def f(game, x='\ud800'): ...")
@example("\ufeffdef f(game): ...")
def test_any_text_is_tools_or_a_problem(text):
    try:
        tools = list_tools(text)
    except InterfaceProblem:
        return
    for tool in tools:
        (tool.signature + tool.doc).encode()


NAMES = st.sampled_from(["game", "x", "walk", "_hidden", "print", "self"])
PARAMETERS = st.lists(
    st.sampled_from(["game", "x: int", "y=1", "*", "/", "*a", "**k", "z: list[str] = []"]), max_size=4
).map(", ".join)
FUNCTIONS = st.builds(
    "{} {}({}){}: ...".format, st.sampled_from(["def", "async def", "class"]), NAMES, PARAMETERS,
    st.sampled_from(["", " -> str", " -> 'a b'"]),
)  # fmt: skip


@given(st.lists(FUNCTIONS, max_size=5).map("\n".join))
def test_any_functions_are_tools_that_take_game_or_a_problem(source):
    try:
        tools = list_tools(source)
    except InterfaceProblem:
        return
    for tool in tools:
        assert not tool.name.startswith("_")
        assert tool.name not in RESERVED
        assert tool.signature.startswith(f"{tool.name}(")
        assert "game" not in tool.signature.removeprefix("game(")


def test_the_shipped_interfaces_keep_the_contract():
    found = [load_interface(each.parent) for each in shipped("interfaces").glob("*/interface.toml")]
    assert "starter" in [interface.manifest.name for interface in found]
    for interface in found:
        assert all(tool.doc for tool in interface.tools)


def test_what_is_wrong_with_each_file_is_told_at_once(tmp_path):
    (tmp_path / "interface.toml").write_text('name = "v1"\ncapabilities = ["flying"]\n')
    (tmp_path / "tools.py").write_text("def walk(x): pass\n")
    with pytest.raises(InterfaceProblem) as caught:
        load_interface(tmp_path)
    assert [word in str(caught.value) for word in ("flying", "no player.md", "walk()")] == [True] * 3
    assert len(str(caught.value).splitlines()) == 3
