"""Where work is done that needs no part of this process: here, in local processes, or on other computers.

An executor runs one of pokerl's own functions, by name, on bytes, and gives bytes back. Both sides trust each other as
far as one installation of pokerl trusts another: functions come from the host alone, and what model-written code is
among the bytes goes into a sandbox on the other side as it does here. See ``docs/exploration.md`` for what is believed.
"""

from __future__ import annotations

from pokerl.errors import ConfigurationProblem
from pokerl.play.executors.call import Executor, Lost
from pokerl.play.executors.cluster import Ray
from pokerl.play.executors.here import Here
from pokerl.play.executors.processes import Processes

__all__ = ["Executor", "Here", "Lost", "Processes", "Ray", "executor_of"]


def executor_of(name: str) -> Executor:
    """The executor of a name: "here", "processes", "ray" (a cluster on this computer) or "ray:ADDRESS".

    Raises:
        ConfigurationProblem: there is none of that name, or Ray is not installed or not there.
    """
    if name == "here":
        return Here()
    if name == "processes":
        return Processes()
    kind, _, address = name.partition(":")
    if kind == "ray":
        return Ray(address)
    raise ConfigurationProblem(f"There is no executor {name!r}.", 'Choose "here", "processes", "ray" or "ray:ADDRESS".')
