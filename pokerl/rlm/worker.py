"""The untrusted process: runs the blocks of one agent in one namespace.

Started by the host inside a sandbox tier as ``python -m pokerl.rlm.worker --descriptor N``, where N is its end of a
socket pair. All that it knows and all that it can do comes through that socket.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import importlib
import os
import socket
import sys
from typing import Any

import msgspec

from pokerl.errors import WireProblem
from pokerl.rlm.cells import SILENT as SILENT_HINT
from pokerl.rlm.cells import Clock, forget_main, format_error, run_cell, silent_expression
from pokerl.rlm.host import Host
from pokerl.rlm.protocol import FRAME_LIMIT, PIECE, Begin, Execute, Finished, Quit, Ready, ToWorker
from pokerl.rlm.repl import Answer, Output, fill
from pokerl.rlm.values import speakable
from pokerl.wire import MAXIMUM_VALUES, Channel, Closed

RAW_OUTPUT_LIMIT = 65_536
EMPTY_ANSWER = (
    "answer['content'] is still empty, so answer['ready'] was set back to False. Put your result into "
    "answer['content'] and then set answer['ready'] = True; ready once more without content ends your work without one."
)


class Worker:
    """One namespace and the loop that runs blocks in it."""

    def __init__(self, channel: Channel[ToWorker]) -> None:
        self.clock = Clock()
        self.host = Host(channel, self.clock)
        self.answer = Answer()
        self.output = Output(self.host, self.answer)
        self.namespace = forget_main()
        self.raw = catch_descriptors()
        self.asked_for_content = False
        self.text_limit = 0

    def serve(self) -> None:
        """Prepare, then run blocks until told to quit or the host is gone."""
        begin = self.host.receive()
        if not isinstance(begin, Begin):
            return
        self.host.tell(Ready(self.prepare(begin)[-PIECE:]))
        while not isinstance(message := self.host.receive(), Quit):
            if isinstance(message, Execute):
                self.host.tell(self.execute(message))

    def prepare(self, begin: Begin) -> str:
        """Build the namespace; the traceback of the extension's setup, if it failed."""
        (memory,) = self.host.take(1)
        self.host.descriptors = self.host.take(len(self.host._channel.descriptors))
        self.host.restarts = begin.restarts
        self.text_limit = begin.text_limit
        self.answer = Answer(**begin.answer)
        self.output = Output(self.host, self.answer)
        self.output.begin(begin.text_limit)
        sys.stdout = sys.stderr = self.output
        sys.path += begin.import_path
        os.register_at_fork(after_in_child=self.leave)
        self.output.start_flushing()
        fill(self.namespace, self.host, self.answer, read_context(memory))
        return self.set_up(begin.setup, begin.arguments)

    def set_up(self, setup: str, arguments: dict[str, Any]) -> str:
        """Run the extension's setup function."""
        if not setup:
            return ""
        module, _, function = setup.partition(":")
        try:
            getattr(importlib.import_module(module), function)(self.namespace, self.host, arguments)
        except Exception as error:  # noqa: BLE001 - the interface that is set up here is model-written too
            return speakable(format_error(error))
        return ""

    def execute(self, block: Execute) -> Finished:
        """Run one block and report how it ended."""
        self.output.begin(self.text_limit)
        error = run_cell(block.code, block.cell, self.namespace, block.seconds, self.clock)
        sys.stdout = sys.stderr = self.output
        self.output.write(read_raw(self.raw))
        silent = not error and silent_expression(block.code)
        self.output.end()
        hint = self.settle_answer() or (SILENT_HINT if silent else "")
        return Finished(block.cell, speakable(error)[:PIECE], speakable(hint)[:2000])

    def settle_answer(self) -> str:
        """Send the answer; when model-written code broke it, put it back and say so."""
        hint, found = "", self.namespace.get("answer")
        if found is not self.answer:
            if isinstance(found, dict):
                self.answer.update(found)
            else:
                self.answer["content"] = found
                hint = (
                    "`answer` must stay a dict: your value is now answer['content']; answer['ready'] = True finishes."
                )
            self.namespace["answer"] = self.answer
        if self.answer.ready_but_empty() and not self.asked_for_content:
            self.asked_for_content = True
            self.answer["ready"] = False
            hint = EMPTY_ANSWER
        try:
            self.host.tell(self.answer.message())
        except (TypeError, ValueError, WireProblem) as error:
            super(Answer, self.answer).update(content="", ready=False)
            return f"The answer was not taken and is empty again: {error}"
        return hint

    def leave(self) -> None:
        """In a forked child: it may compute and print, but the wire belongs to the parent."""
        self.output.detach_in_child()
        self.host.disconnect()


def catch_descriptors() -> int:
    """Send what is written to descriptors 1 and 2 (by libraries, subprocesses) to a nameless file; its descriptor."""
    faulthandler.enable(file=os.dup(2))
    path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f".output-{os.getpid()}")  # noqa: PTH118 - pathlib costs start-up
    raw = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
    os.unlink(path)  # noqa: PTH108
    os.dup2(raw, 1)
    os.dup2(raw, 2)
    return raw


def read_raw(raw: int) -> str:
    """Take what descriptors 1 and 2 received since the last time."""
    size = os.fstat(raw).st_size
    if size == 0:
        return ""
    data = os.pread(raw, RAW_OUTPUT_LIMIT, 0)
    with contextlib.suppress(OSError):
        os.ftruncate(raw, 0)
    note = f"\n[{size - len(data)} further bytes were not kept]\n" if size > len(data) else ""
    return data.decode("utf-8", "replace") + note


def read_context(memory: int) -> Any:
    """The context from its memory file."""
    with os.fdopen(memory, "rb") as file:
        file.seek(0)
        return msgspec.msgpack.decode(file.read())


def _channel(stream: socket.socket) -> Channel[ToWorker]:
    """The wire to the host. What would be refused there is refused here already, with a sentence for the model."""
    return Channel(stream, ToWorker, limit=FRAME_LIMIT, sends=MAXIMUM_VALUES, accept_descriptors=True)


def main() -> None:
    """Entry point; see the module."""
    parser = argparse.ArgumentParser(description="A worker of pokerl.rlm; started by the host.")
    parser.add_argument("--descriptor", type=int, required=True)
    stream = socket.socket(fileno=parser.parse_args().descriptor)
    stream.set_inheritable(False)
    with contextlib.suppress(Closed):
        Worker(_channel(stream)).serve()
    os._exit(0)


if __name__ == "__main__":
    main()
