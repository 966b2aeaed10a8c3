"""The interface contract: what a designer writes and a player uses.

An interface is a folder:

    interface.toml    name, description and the capabilities that it asks for
    tools.py          (or a package ``tools/``) public functions whose first parameter is ``game``
    player.md         what the player is told: how to play with these tools

Everything here reads files and never imports them: interface code is model-written and runs only in a sandboxed worker
(see ``pokerl.play.worker``).
"""

from __future__ import annotations

import ast
import hashlib
import os
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from pokerl.emulator.capability import CAPABILITIES, Capability
from pokerl.errors import InterfaceProblem
from pokerl.rlm.repl import OWN_NAMES

Part = TypeVar("Part")

MANIFEST = "interface.toml"
PROMPT = "player.md"
MAXIMUM_FILES = 200
MAXIMUM_BYTES = 2_000_000
MAXIMUM_PROMPT = 60_000
MAXIMUM_SOURCE = 200_000
"""Bytes of the file with the tools: the host parses it, which for hostile source takes 15 µs and 1 KB a byte."""

_CALLS: dict[str, Capability] = {
    "press": "press",
    "hold": "press",
    "wait": "press",
    "until": "press",
    "commit": "press",
    "screen": "screen",
    "read": "ram.read",
    "byte": "ram.read",
    "state": "ram.read",
    "text": "ram.read",
    "read_rom": "rom.read",
    "checkpoint": "branch",
    "restore": "branch",
    "branch": "branch",
    "explore": "branch",
    "poke": "ram.write",
}

RESERVED = OWN_NAMES | {"game", "explore", "notes", "print"}
"""Names that the player's REPL has already; a tool of the same name would hide what the player is told of."""


class InterfaceManifest(Struct, frozen=True, forbid_unknown_fields=True):
    """The content of ``interface.toml``."""

    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}\Z")]
    capabilities: list[Capability]
    description: Annotated[str, Meta(max_length=2000)] = ""


class Tool(Struct, frozen=True):
    """One public function of an interface, read from its source.

    ``capabilities_hint`` is what its own source appears to use; what it really used is measured at the machine's gate.
    """

    name: str
    signature: str
    doc: str
    capabilities_hint: tuple[str, ...] = ()


class Interface(Struct, frozen=True):
    """A valid interface folder.

    Attributes:
        folder: where it is.
        manifest: what it says of itself.
        prompt: the text of ``player.md``.
        tools: its public functions in the order of the source.
        digest: SHA-256 over the names and contents of all its files.
        files: their names, relative to the folder, sorted.
    """

    folder: Path
    manifest: InterfaceManifest
    prompt: str
    tools: tuple[Tool, ...]
    digest: str
    files: tuple[str, ...]


def load_interface(folder: Path) -> Interface:
    """Read an interface folder and check its contract, without running any of it.

    Raises:
        InterfaceProblem: a file is missing, malformed or too large, or ``tools.py`` does not parse; the message is
            written for whoever wrote the interface and names what is wrong with each of the three files.
    """
    files = _list_files(folder)
    problems: list[InterfaceProblem] = []
    manifest = _part(problems, _read_manifest, folder)
    prompt = _part(problems, _read_prompt, folder)
    tools = _part(problems, _read_tools, folder)
    if manifest is None or prompt is None or tools is None:
        raise problems[0] if len(problems) == 1 else InterfaceProblem("\n".join(map(str, problems)))
    return Interface(folder, manifest, prompt, tools, digest_of(folder, files), files)


def digest_of(folder: Path, files: tuple[str, ...]) -> str:
    """SHA-256 over names and contents, each preceded by its length."""
    total = hashlib.sha256()
    for name in files:
        content, encoded = (folder / name).read_bytes(), os.fsencode(name)
        total.update(b"%d %s %d\n" % (len(encoded), encoded, len(content)))
        total.update(content)
    return total.hexdigest()


def tools_entry(folder: Path) -> Path:
    """The file that holds the tools: ``tools.py`` or ``tools/__init__.py``."""
    for candidate in (folder / "tools.py", folder / "tools" / "__init__.py"):
        if candidate.is_file():
            return candidate
    raise InterfaceProblem(
        f"The interface in {folder.name!r} has no tools.py.",
        "Write tools.py with public functions whose first parameter is `game`.",
    )


def list_tools(source: str) -> tuple[Tool, ...]:
    """The public functions of a tools file, as its syntax tree shows them.

    Raises:
        InterfaceProblem: the source does not parse, or a public function does not take ``game`` first.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source, filename="tools.py")
            compile(tree, "tools.py", "exec", dont_inherit=True)  # finds what the grammar alone allows; runs nothing
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
        _require_game(functions)
        return tuple({node.name: _tool(node) for node in functions}.values())
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InterfaceProblem(f"tools.py does not parse: {error}.", "Correct the source and write it again.") from None


def _require_game(functions: Iterable[ast.FunctionDef]) -> None:
    """Name at once all that would have to be mended one by one."""
    first = {node.name: [*node.args.posonlyargs, *node.args.args][:1] for node in functions}
    wrong = [f"{name}()" for name, found in first.items() if not found or found[0].arg != "game"]
    if wrong:
        raise InterfaceProblem(
            f"{', '.join(wrong)} in tools.py {'does' if len(wrong) == 1 else 'do'} not take `game` as first parameter.",
            "Add it, or start the name with an underscore if it is no tool.",
        )


def _tool(node: ast.FunctionDef) -> Tool:
    if node.name in RESERVED:
        raise InterfaceProblem(
            f"The tool {node.name}() in tools.py has a name that the player's REPL needs for itself.",
            "Take another name.",
        )
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    shown = ast.unparse(_without_first(node.args))
    return Tool(node.name, f"{node.name}({shown}){returns}", _encodable(ast.get_docstring(node) or ""), _hint(node))


def _encodable(text: str) -> str:
    """The text without lone surrogates, which a string literal may hold but no file can."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _without_first(arguments: ast.arguments) -> ast.arguments:
    """The parameters as the player sees them: ``game`` is bound already."""
    positional_only = arguments.posonlyargs[1:] if arguments.posonlyargs else []
    positional = arguments.args if arguments.posonlyargs else arguments.args[1:]
    count = len(positional_only) + len(positional)
    return ast.arguments(
        posonlyargs=positional_only,
        args=positional,
        vararg=arguments.vararg,
        kwonlyargs=arguments.kwonlyargs,
        kw_defaults=arguments.kw_defaults,
        kwarg=arguments.kwarg,
        defaults=arguments.defaults[-count:] if count else [],
    )


def _hint(node: ast.FunctionDef) -> tuple[str, ...]:
    used = {
        _CALLS[call.func.attr]
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in _CALLS
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "game"
    }
    return tuple(capability for capability in CAPABILITIES if capability in used)


def _list_files(folder: Path) -> tuple[str, ...]:
    if not folder.is_dir():
        raise InterfaceProblem(f"There is no interface folder {folder}.", "`pokerl interfaces` lists those there are.")
    try:
        found = sorted(folder.rglob("*"))
    except (OSError, RecursionError):
        raise InterfaceProblem(f"The interface in {folder.name!r} cannot be listed.", "Nest it less deep.") from None
    paths = [path for path in found if path.is_file() and "__pycache__" not in path.parts]
    if any(path.is_symlink() for path in found):
        raise InterfaceProblem(f"The interface in {folder.name!r} contains a symbolic link.", "Write the file itself.")
    if unspeakable := next((path.name for path in paths if not path.name.isprintable()), ""):
        raise InterfaceProblem(f"{unspeakable!r} cannot be the name of a file.", "Use letters that can be printed.")
    size = sum(path.stat().st_size for path in paths)
    if len(paths) > MAXIMUM_FILES or size > MAXIMUM_BYTES:
        raise InterfaceProblem(
            f"The interface in {folder.name!r} has {len(paths)} files of {size} bytes together.",
            f"Keep it within {MAXIMUM_FILES} files and {MAXIMUM_BYTES} bytes.",
        )
    return tuple(str(path.relative_to(folder)) for path in paths)


def _read_manifest(folder: Path) -> InterfaceManifest:
    try:
        return msgspec.toml.decode((folder / MANIFEST).read_bytes(), type=InterfaceManifest)
    except FileNotFoundError:
        problem = "it is missing"
    except OSError as error:
        problem = str(error.strerror)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        problem = str(error)
    raise InterfaceProblem(
        f"{MANIFEST} of the interface in {folder.name!r} cannot be used: {problem}.",
        f'It needs name = "…" and capabilities = […] out of {", ".join(CAPABILITIES)}.',
    )


def _read_prompt(folder: Path) -> str:
    path = folder / PROMPT
    if not path.is_file():
        raise InterfaceProblem(
            f"The interface in {folder.name!r} has no {PROMPT}.", "Write in it how the player should use the tools."
        )
    text = _read_text(path)
    if len(text) > MAXIMUM_PROMPT:
        raise InterfaceProblem(
            f"{PROMPT} of the interface in {folder.name!r} has {len(text)} characters.",
            f"The player reads it at every turn: keep it within {MAXIMUM_PROMPT}.",
        )
    return text


def _read_tools(folder: Path) -> tuple[Tool, ...]:
    entry = tools_entry(folder)
    if (size := entry.stat().st_size) > MAXIMUM_SOURCE:
        raise InterfaceProblem(
            f"{entry.name} of the interface in {folder.name!r} has {size} bytes.",
            f"Keep it within {MAXIMUM_SOURCE}; further code goes into other files of the package tools/.",
        )
    return list_tools(_read_text(entry))


def _part(problems: list[InterfaceProblem], read: Callable[[Path], Part], folder: Path) -> Part | None:
    """What ``read`` makes of the folder; ``None`` if it cannot, with the reason among ``problems``."""
    try:
        return read(folder)
    except InterfaceProblem as problem:
        problems.append(problem)
        return None


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InterfaceProblem(f"{path.name} is not UTF-8 text: {error}.", "Write it as UTF-8.") from None
