"""In this process, on threads: for tests, and where starting processes is not worth it."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor

from pokerl.play.executors.call import Closing, perform, unpack


class Here(Closing):
    """Runs functions on threads of this process.

    Args:
        cores: how many at once; as many as there are by default.
    """

    name = "here"
    host = "127.0.0.1"

    def __init__(self, cores: int = 0) -> None:
        self.cores = cores or len(os.sched_getaffinity(0))
        self._threads = ThreadPoolExecutor(self.cores, thread_name_prefix="executor")

    def submit(self, function: str, payload: bytes) -> Future[bytes]:
        """As :class:`~pokerl.play.executors.call.Executor` says."""
        return self._threads.submit(lambda: unpack(perform(function, payload)))

    def close(self) -> None:
        """Wait for what runs; what waits is dropped."""
        self._threads.shutdown(cancel_futures=True)
