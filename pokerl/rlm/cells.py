"""Running one block of model-written code in a namespace that lasts (worker side)."""

from __future__ import annotations

import ast
import linecache
import math
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

LONGEST_TRACEBACK = 20_000
SHORTEST = 0.001
"""Seconds of a timer that rings at once; 0 would switch it off."""

HIDDEN = (__file__.removesuffix("cells.py"), "<frozen importlib")
SILENT = "The last line is an expression whose value was not shown: only what is printed can be seen."


class TimeLimit(KeyboardInterrupt):
    """Raised in the middle of a block that runs for too long. ``except Exception`` does not catch it."""


class Held:
    """A context without interruptions of the block. Entered for every message, so it is no generator; one that gives no
    time back may be entered again and again.
    """

    def __init__(self, clock: Clock, waiting: bool) -> None:
        self._clock = clock
        self._waiting = waiting
        self._begun = 0.0

    def __enter__(self) -> None:
        if _interruptible():
            if self._waiting:
                self._begun = time.monotonic()
            self._clock.hold()

    def __exit__(self, *_: object) -> None:
        if _interruptible():
            self._clock.release(time.monotonic() - self._begun if self._waiting else 0.0)


def _interruptible() -> bool:
    """Whether this is the thread in which signals arrive."""
    return threading.get_ident() == threading.main_thread().ident


class Clock:
    """Stops a block after its own running time: time spent waiting for the host does not count.

    The limit is a courtesy that keeps the variables and shows where the time went; the host kills whatever ignores it.
    """

    def __init__(self) -> None:
        self._until = math.inf
        self._held = 0

    @contextmanager
    def running(self, seconds: float) -> Iterator[None]:
        """Let the body run for at most ``seconds``."""
        self._held, self._until = 0, time.monotonic() + seconds
        signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._until = math.inf

    @property
    def left(self) -> float:
        """Seconds that what runs may still run; infinite between blocks."""
        return self._until - time.monotonic()

    def limit(self, seconds: float) -> None:
        """Let what runs go on for so many seconds more at most."""
        if seconds < self.left < math.inf:
            self._until = time.monotonic() + seconds
            signal.setitimer(signal.ITIMER_REAL, max(seconds, SHORTEST))

    def held(self, *, waiting: bool) -> Held:
        """No interruption inside (a message must not be cut in two); ``waiting`` time is given back."""
        return Held(self, waiting)

    def hold(self) -> None:
        """Interrupt nothing until :meth:`release` was called as often."""
        self._held += 1

    def release(self, given_back: float) -> None:
        """Interrupt again; so many seconds more may the block run."""
        self._held -= 1
        self._until += given_back

    def _ring(self, _signal: int, _frame: FrameType | None) -> None:
        left = self._until - time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, 0.05 if self._held else max(left, 0.0) or 0.5)
        if not self._held and left <= 0:
            raise TimeLimit("This block ran for longer than a block may.")


def compile_cell(code: str, number: int) -> CodeType:
    """Compile a block so that tracebacks show its source lines."""
    name = f"<block {number}>"
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    return compile(code, name, "exec")


def run_cell(code: str, number: int, namespace: dict[str, Any], seconds: float, clock: Clock) -> str:
    """Run a block; its traceback, or "" when it ran to its end. What it assigned before an error stays."""
    try:
        compiled = compile_cell(code, number)
        with clock.running(seconds):
            exec(compiled, namespace)
    except SystemExit:
        return "SystemExit: the REPL goes on; to end your work set answer['ready'] = True."
    except BaseException as error:  # noqa: BLE001 - model-written code may raise anything; all of it is shown to the model
        return _shorten(format_error(error))
    return ""


def format_error(error: BaseException) -> str:
    """A traceback as Python prints it, without the frames of the engine and of the import system."""
    shown = traceback.TracebackException.from_exception(error, compact=True)
    chain: TracebackChain = shown
    while chain is not None:
        own = [frame for frame in chain.stack if not frame.filename.startswith(HIDDEN)]
        chain.stack = traceback.StackSummary.from_list(own)
        chain = chain.__cause__ or chain.__context__
    try:
        return "".join(shown.format())
    except Exception as second:  # noqa: BLE001 - an exception of the model's own may not even be printable
        return f"{type(error).__name__} (its message cannot be shown: {type(second).__name__})"


TracebackChain = traceback.TracebackException | None


def silent_expression(code: str) -> bool:
    """Whether a block ends with an expression that a notebook would have echoed."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return bool(body) and isinstance(body[-1], ast.Expr) and not isinstance(body[-1].value, ast.Call | ast.Constant)


def _shorten(text: str) -> str:
    if len(text) <= LONGEST_TRACEBACK:
        return text
    half = LONGEST_TRACEBACK // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters of the traceback are left out …\n{text[-half:]}"


def forget_main() -> dict[str, Any]:
    """A fresh ``__main__`` module for model-written code; its namespace."""
    module = type(sys)("__main__")
    module.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = module
    return module.__dict__
