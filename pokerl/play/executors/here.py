"""In this process, on threads: for tests, and where starting processes is not worth it."""

from __future__ import annotations

from concurrent.futures import Future

from pokerl.play.executors.call import Threads, perform, unpack


class Here(Threads):
    """Runs functions on threads of this process."""

    name = "here"

    def submit(self, function: str, payload: bytes) -> Future[bytes]:
        """As :class:`~pokerl.play.executors.call.Executor` says."""
        return self._threads.submit(lambda: unpack(perform(function, payload)))
