"""The engine of recursive language models: loop, worker, models, ledger.

``from pokerl.rlm import run, AgentSpec, …`` gives the public names. They are imported when first asked for, because the
worker process lives in this package too and must start fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pokerl.rlm.agent import AgentSpec, load_agent
    from pokerl.rlm.extension import Child, Extension, Reply
    from pokerl.rlm.ledger import Ledger, ModelCall
    from pokerl.rlm.loop import run
    from pokerl.rlm.messages import Completion, Image, Message, Model, ModelRequest, Text, Usage
    from pokerl.rlm.models.cassette import CassetteModel
    from pokerl.rlm.models.openai import OpenAIModel
    from pokerl.rlm.models.scripted import ScriptedModel
    from pokerl.rlm.result import Progress, Result
    from pokerl.rlm.transcript import Transcript

HOMES = {
    "agent": ("AgentSpec", "load_agent"),
    "extension": ("Child", "Extension", "Reply"),
    "ledger": ("Ledger", "ModelCall"),
    "loop": ("run",),
    "messages": ("Completion", "Image", "Message", "Model", "ModelRequest", "Text", "Usage"),
    "models.cassette": ("CassetteModel",),
    "models.openai": ("OpenAIModel",),
    "models.scripted": ("ScriptedModel",),
    "result": ("Progress", "Result"),
    "transcript": ("Transcript",),
}

__all__ = [
    "AgentSpec",
    "CassetteModel",
    "Child",
    "Completion",
    "Extension",
    "Image",
    "Ledger",
    "Message",
    "Model",
    "ModelCall",
    "ModelRequest",
    "OpenAIModel",
    "Progress",
    "Reply",
    "Result",
    "ScriptedModel",
    "Text",
    "Transcript",
    "Usage",
    "load_agent",
    "run",
]


def __getattr__(name: str) -> Any:
    for home, names in HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"pokerl.rlm.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
