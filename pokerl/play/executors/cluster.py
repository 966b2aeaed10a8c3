"""On the computers of a Ray cluster: ``pip install 'pokerl[ray]'`` on each of them."""

from __future__ import annotations

import socket
from concurrent.futures import Future
from typing import Any

from pokerl.errors import ConfigurationProblem
from pokerl.play.executors.call import Closing, Lost, perform, unpack

REMOTE = "ray://"
"""How the address of a cluster begins that this computer is no part of."""


class Ray(Closing):
    """Runs each call as a Ray task on one core of the cluster.

    A task is not tried again: a branch whose computer is lost is a lost branch. Pokerl must be installed on every
    computer, in the same version.

    Args:
        address: of the cluster ("auto" finds one on this computer, "ray://HOST:10001" is a remote one); empty starts
            one here.

    Raises:
        ConfigurationProblem: Ray is not installed, or there is no cluster at the address.
    """

    name = "ray"

    def __init__(self, address: str = "") -> None:
        try:
            import ray
        except ImportError:
            raise ConfigurationProblem("Ray is not installed.", "pip install 'pokerl[ray]'") from None
        self._ray: Any = ray
        self._started = not ray.is_initialized()
        try:
            if self._started:
                ray.init(address=address or None, log_to_driver=False, include_dashboard=False)
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise ConfigurationProblem(f"There is no Ray cluster at {address!r}: {error}", "`ray status`") from None
        self.cores = max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        self.host = _address_towards(address) if address.startswith(REMOTE) else str(ray.util.get_node_ip_address())
        self._perform = ray.remote(num_cpus=1, max_retries=0)(perform)

    def submit(self, function: str, payload: bytes) -> Future[bytes]:
        """As :class:`~pokerl.play.executors.call.Executor` says."""
        done: Future[bytes] = Future()
        self._perform.remote(function, payload).future().add_done_callback(lambda task: self._finish(task, done))
        return done

    def close(self) -> None:
        """Leave the cluster; one that was started here ends."""
        if self._started:
            self._ray.shutdown()

    def _finish(self, task: Future[bytes], done: Future[bytes]) -> None:
        try:
            done.set_result(unpack(task.result()))
        except self._ray.exceptions.RayError as error:
            done.set_exception(Lost(f"The Ray task failed: {str(error).strip().splitlines()[-1]}"))
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to whoever waits for the call
            done.set_exception(error)


def _address_towards(cluster: str) -> str:
    """The address of this computer in the network of a cluster; nothing is sent for it."""
    host, _, port = cluster.removeprefix(REMOTE).partition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((host, int(port or 10001)))
        return str(probe.getsockname()[0])
