"""What model-written code finds in its namespace, and where its output goes (worker side)."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from pokerl.errors import WireProblem
from pokerl.rlm.host import Host
from pokerl.rlm.pictures import to_png
from pokerl.rlm.protocol import ANSWER_LIMIT, AS_CONTEXT, IN_PIECES, PIECE, Answered, Printed, Shown, require_readable
from pokerl.rlm.values import speakable, to_plain

FLUSH_SECONDS = 0.1
OWN_NAMES = frozenset(
    [
        "context",
        "answer",
        "outputs",
        "history",
        "llm_query",
        "llm_query_batched",
        "rlm_query",
        "rlm_query_batched",
        "SHOW_VARS",
        "show",
        "budget",
        "QueryFailed",
    ]
)


class QueryFailed(str):
    """The error of one query of a batch, in the place of its reply. It is text that begins with ``Error:``."""


class SubResult(str):
    """What a sub-agent brought back: as text its answer, with the fields of the host's ``Result`` as attributes.

    ``ready``, ``stop``, ``reason`` and ``turns`` tell how it ended and ``usage`` what it cost. ``content`` is the
    answer as the sub-agent gave it, any plain value. ``data`` is what the extension adds.
    """

    def __new__(cls, result: dict[str, Any]) -> SubResult:
        """Build it from plain data."""
        content = result.get("content")
        made = super().__new__(cls, content if isinstance(content, str) else repr(content))
        made.__dict__.update(result)
        return made

    def __repr__(self) -> str:
        return f"<result {self.__dict__.get('stop')}: {str(self)!r}>"


class Output(io.TextIOBase):
    """``sys.stdout`` and ``sys.stderr`` of a block: kept up to a limit and sent to the host in pieces."""

    def __init__(self, host: Host, answer: Answer) -> None:
        self._host = host
        self._answer = answer
        self._lock = threading.RLock()
        self._pieces: list[str] = []
        self._size = 0
        self._left = 0
        self._lost = 0
        self._detached = False

    def begin(self, limit: int) -> None:
        """A new block begins, of which ``limit`` characters are kept."""
        self._left, self._lost = limit, 0

    def start_flushing(self) -> None:
        """Send what is written a moment ago, so that a block that hangs afterwards does not lose it."""
        threading.Thread(target=self._flush_for_ever, daemon=True, name="output").start()

    def detach_in_child(self) -> None:
        """In a forked child: write to descriptor 1, whose content the parent shows."""
        self._detached = True

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Keep a text, up to the limit of the block."""
        if self._detached:
            os.write(1, text.encode("utf-8", "backslashreplace"))
            return len(text)
        with self._lock:
            kept = text[: self._left]
            self._left -= len(kept)
            self._lost += len(text) - len(kept)
            if kept:
                self._pieces.append(kept)
                self._size += len(kept)
                if self._size >= PIECE // 2:
                    self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what is kept."""
        if self._detached:
            return
        with self._lock:
            text, self._pieces, self._size = speakable("".join(self._pieces)), [], 0
            for start in range(0, len(text), PIECE):
                self._host.tell(Printed(text[start : start + PIECE]))

    def end(self) -> None:
        """The block ended: say how much was dropped and send the rest."""
        if self._lost:
            self._pieces.append(f"\n[{self._lost} further characters were not kept]\n")
        self.flush()

    def _flush_for_ever(self) -> None:
        while True:
            time.sleep(FLUSH_SECONDS)
            self.flush()
            self._answer.tell_if_changed(self._host)


class Answer(dict[str, Any]):
    """``answer``: set ``answer["content"]``, then ``answer["ready"] = True``."""

    def __init__(self, content: Any = "", ready: bool = False) -> None:
        super().__init__(content=content, ready=ready)
        self._changed = False

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        self._changed = True

    def update(self, *others: Any, **named: Any) -> None:
        """As of a dict."""
        super().update(*others, **named)
        self._changed = True

    def ready_but_empty(self) -> bool:
        """Whether it is called final although nothing was put into it."""
        content = self.get("content")
        return bool(self.get("ready")) and (content is None or (isinstance(content, str) and not content.strip()))

    def tell_if_changed(self, host: Host) -> None:
        """Tell the host early, so that the answer survives a block that hangs."""
        if self._changed:
            self._changed = False
            try:
                host.tell(self.message())
            except (TypeError, ValueError, WireProblem):
                return  # the end of the block says why

    def message(self) -> Answered:
        """The answer for the host.

        Raises:
            TypeError: the content is not plain data.
            ValueError: it is too large.
        """
        answered = Answered(to_plain(self.get("content"), "answer['content']"), bool(self.get("ready")))
        if (size := len(msgspec.msgpack.encode(answered))) > ANSWER_LIMIT:
            raise ValueError(f"answer['content'] has {size:,} bytes, more than {ANSWER_LIMIT:,}; answer in short.")
        return answered


class Outputs(Sequence[str]):
    """``outputs[n]``: the full text that block n printed, kept on disk by the host; -1 is the last one."""

    def __init__(self, host: Host, function: str = "output") -> None:
        self._host = host
        self._function = function

    def __len__(self) -> int:
        return int(self._host.call(self._function))

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self[index] for index in range(*number.indices(len(self)))]
        return self._host.call(self._function, number=int(number))

    def __iter__(self) -> Iterator[Any]:
        return (self[number] for number in range(len(self)))

    def __repr__(self) -> str:
        return f"<{len(self)} items; index them to read one>"


class BudgetView:
    """``budget``: what was spent and what is left, asked anew each time. ``print(budget)`` shows all of it."""

    def __init__(self, host: Host) -> None:
        self._host = host

    @property
    def block_seconds(self) -> float:
        """Seconds that the present block may still run; waiting for models and sub-agents does not count."""
        return self._host.clock.left

    def limit_block(self, seconds: float) -> None:
        """Have the present block interrupted (``TimeLimit``) after so many seconds more, if not sooner anyway."""
        self._host.clock.limit(seconds)

    def snapshot(self) -> dict[str, dict[str, float | None]]:
        """``{resource: {"spent": …, "remaining": …}}``; a remaining of ``None`` means that there is no limit."""
        result: dict[str, dict[str, float | None]] = self._host.call("budget")
        return result

    def spent(self, resource: str = "tokens") -> float | None:
        """What was spent of a resource, sub-agents included."""
        return self.snapshot()[resource]["spent"]

    def remaining(self, resource: str = "wall_seconds") -> float | None:
        """What is left of a resource; ``None`` without a limit."""
        return self.snapshot()[resource]["remaining"]

    def __repr__(self) -> str:
        return "\n".join(
            f"{resource:16} spent {numbers['spent']:>14,.1f}   "
            + ("no limit" if numbers["remaining"] is None else f"left {numbers['remaining']:>14,.1f}")
            for resource, numbers in self.snapshot().items()
        )


def fill(namespace: dict[str, Any], host: Host, answer: Answer, context: Any) -> None:
    """Put the engine's names into the namespace."""

    def llm_query(prompt: str, model: str | None = None, images: Sequence[Any] | None = None) -> str:
        """Ask a sub-model once; its reply as text. It sees the prompt (and images) only."""
        require_readable(prompt, IN_PIECES)
        return str(host.call("llm_query", prompt=prompt, model=model, images=_pngs(images)))

    def llm_query_batched(
        prompts: Sequence[str], model: str | None = None, images: Sequence[Sequence[Any] | None] | None = None
    ) -> list[str]:
        """Ask many prompts at once; replies in the order of the prompts, a QueryFailed where one failed."""
        pictures = [_pngs(some) for some in images] if images is not None else []
        replies = host.call("llm_query_batched", prompts=list(prompts), model=model, images=pictures)
        return [
            reply["text"] if reply["error"] is None else QueryFailed(f"Error: {reply['error']}") for reply in replies
        ]

    def rlm_query(prompt: str, context: Any = None, **options: Any) -> SubResult:
        """Give a task to a sub-agent with its own REPL; its answer as text with attributes."""
        require_readable(prompt, AS_CONTEXT)
        return SubResult(host.call("rlm_query", prompt=prompt, context=context, options=options))

    def rlm_query_batched(
        prompts: Sequence[str], contexts: Sequence[Any] | None = None, **options: Any
    ) -> list[SubResult | QueryFailed]:
        """Give tasks to several sub-agents at once; results in order, a QueryFailed where one could not start."""
        given = list(contexts) if contexts is not None else [None] * len(prompts)
        replies = host.call("rlm_query_batched", prompts=list(prompts), contexts=given, options=options)
        return [SubResult(r["result"]) if r["error"] is None else QueryFailed(f"Error: {r['error']}") for r in replies]

    def show(picture: Any) -> None:
        """Show a picture (array, PIL image or PNG bytes) to yourself; print() for images."""
        host.tell(Shown(to_png(picture)))

    def SHOW_VARS() -> str:
        """Print the names, types and sizes of your variables."""
        print(describe(namespace))
        return ""

    namespace.update(
        context=context,
        answer=answer,
        outputs=Outputs(host),
        history=Outputs(host, "history"),
        budget=BudgetView(host),
        QueryFailed=QueryFailed,
        llm_query=llm_query,
        llm_query_batched=llm_query_batched,
        rlm_query=rlm_query,
        rlm_query_batched=rlm_query_batched,
        show=show,
        SHOW_VARS=SHOW_VARS,
    )


def describe(namespace: dict[str, Any]) -> str:
    """The variables of a namespace, one a line, the engine's own left out."""
    lines = [
        f"{name}: {_sort(value)}"
        for name, value in namespace.items()
        if not name.startswith("_") and (name == "context" or name not in OWN_NAMES)
    ]
    return "\n".join(lines) or "no variables yet"


def _sort(value: Any) -> str:
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return f"{type(value).__name__} of shape {shape}"
    if isinstance(value, str | bytes | list | tuple | dict | set):
        return f"{type(value).__name__} of length {len(value)}"
    return type(value).__name__


def _pngs(images: Sequence[Any] | None) -> list[bytes]:
    if images is None:
        return []
    if not isinstance(images, list | tuple):
        images = [images]
    return [to_png(image) for image in images]
