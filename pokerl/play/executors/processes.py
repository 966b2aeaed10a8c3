"""In processes of this computer, one for each call."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import Future

from pokerl.play.executors.call import Lost, Threads, unpack

LAST_WORDS = 500


class Processes(Threads):
    """Runs each call in a process of its own (0.3 s to start), so that one that dies takes nothing with it.

    Args:
        cores: how many at once; as many as there are by default.
    """

    name = "processes"

    def __init__(self, cores: int = 0) -> None:
        super().__init__(cores)
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def submit(self, function: str, payload: bytes) -> Future[bytes]:
        """As :class:`~pokerl.play.executors.call.Executor` says."""
        return self._threads.submit(self._call, function, payload)

    def close(self) -> None:
        """Kill what runs."""
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()
        super().close()

    def _call(self, function: str, payload: bytes) -> bytes:
        command = [sys.executable, "-m", "pokerl.play.executors.process", function]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True) as process:
            with self._lock:
                self._running.add(process)
                if self._closed:
                    process.kill()
            packed, complaint = process.communicate(payload)
        with self._lock:
            self._running.discard(process)
        if process.returncode:
            words = complaint.decode("utf-8", "replace")[-LAST_WORDS:].strip().rpartition("\n")[2]
            raise Lost(f"The process of a call ended with status {process.returncode}: {words}")
        return unpack(packed)
