"""Loading an interface's tools inside the worker, and binding them to a machine."""

from __future__ import annotations

import functools
import importlib.util
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from pokerl.play.game import Game
from pokerl.play.interface import tools_entry

ToolFunction = Callable[..., Any]


def load_tools(folder: Path, name: str) -> dict[str, ToolFunction]:
    """Import an interface's ``tools.py`` (or package) and return its tools, each still taking ``game`` first.

    Only ever called in the sandboxed worker: importing runs model-written code. Each tool labels what it does on the
    machine with its own name, also when one tool calls another.

    Args:
        folder: the interface.
        name: module name to import it under; versions side by side need different ones.

    Raises:
        Exception: whatever the interface's code raises when it is imported.
    """
    module = _import(tools_entry(folder), name)
    functions = {key: value for key, value in vars(module).items() if _is_tool(key, value, module)}
    labelled = {key: _labelled(key, function) for key, function in functions.items()}
    vars(module).update(labelled)
    return labelled


def bind(tools: dict[str, ToolFunction], game: Game) -> dict[str, ToolFunction]:
    """The tools as the player calls them: without ``game``, which is filled in.

    A call that gives another machine first, as in ``walk_to(branch, 3, 5)``, acts on that one.
    """
    return {name: _bound(tool, game) for name, tool in tools.items()}


def _import(entry: Path, name: str) -> ModuleType:
    package = [str(entry.parent)] if entry.name == "__init__.py" else None
    specification = importlib.util.spec_from_file_location(name, entry, submodule_search_locations=package)
    if specification is None or specification.loader is None:
        raise ImportError(f"{entry} cannot be imported.")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module


def _is_tool(name: str, value: object, module: ModuleType) -> bool:
    return (
        not name.startswith("_")
        and inspect.isfunction(value)
        and value.__module__.partition(".")[0] == module.__name__
        and next(iter(inspect.signature(value).parameters), "") == "game"
    )


def _labelled(name: str, function: ToolFunction) -> ToolFunction:
    @functools.wraps(function)
    def tool(game: Game, /, *arguments: Any, **named: Any) -> Any:
        with game.using(name):
            return function(game, *arguments, **named)

    return tool


def _bound(tool: ToolFunction, game: Game) -> ToolFunction:
    @functools.wraps(tool)
    def bound(*arguments: Any, **named: Any) -> Any:
        if arguments and isinstance(arguments[0], Game):
            return tool(*arguments, **named)
        return tool(game, *arguments, **named)

    del bound.__wrapped__
    bound.__signature__ = _signature_without_game(tool)  # type: ignore[attr-defined]
    return bound


def _signature_without_game(tool: ToolFunction) -> inspect.Signature:
    signature = inspect.signature(tool)
    return signature.replace(parameters=list(signature.parameters.values())[1:])
