"""The life of a machine process: one machine, the host's socket and the sockets of clients."""

from __future__ import annotations

import contextlib
import math
import os
import select
import signal
import socket
import time
from typing import Any

from pokerl import cartridge
from pokerl.emulator.frames import FrameCounter
from pokerl.emulator.gate import Gate, refused
from pokerl.emulator.machine import Machine
from pokerl.emulator.protocol import (
    MAXIMUM_MESSAGE,
    Answer,
    Attach,
    Done,
    HostRequest,
    MachineSettings,
    Request,
    Stop,
)
from pokerl.emulator.rights import HOST, Rights
from pokerl.errors import PokerlError, UsageProblem, WireProblem
from pokerl.timeline.recorder import Recorder
from pokerl.timeline.states import StateStore
from pokerl.wire import Channel, Closed, Malformed, Timeout

REQUEST_SECONDS = 110
"""After computing this long on one request the emulator hangs (a poke can do that) and its alarm ends the process."""

ARMED_SECONDS = 1
"""So seldom is the alarm set anew while requests come."""

MAXIMUM_CLIENTS = 64
"""Connections at once: more than anybody needs, fewer than use up the process's descriptors."""

START_SECONDS = 110.0
"""How long a process whose machine did not start waits for the question to which it can say so."""

SEND_SECONDS = 5.0
"""How long a client may take to read its answer before it is dropped; the others wait meanwhile."""


class Server:
    """Serves one machine until the host says stop or goes away.

    Args:
        gate: the machine's gate.
        control: the host's channel.
        clients: sockets of untrusted clients, each with its rights.
    """

    def __init__(self, gate: Gate, control: Channel[Any], clients: list[tuple[socket.socket, Rights]]) -> None:
        self._gate = gate
        self._control = control
        self._rights: dict[Channel[Any], Rights] = {control: HOST}
        self._channels: dict[int, Channel[Any]] = {control.fileno(): control}
        self._poll = select.poll()
        self._poll.register(control.fileno(), select.POLLIN)
        for stream, rights in clients:
            self._attach(stream, rights)
        self._ended = ""
        self._armed_at = -math.inf

    def run(self) -> str:
        """Serve; returns why it ended."""
        more = False
        while not self._ended:
            ready = self._with_more() if more else self._arrived(None)
            more = False
            # One request of each in turn, so that nobody who sends much keeps the others waiting.
            for channel in ready:
                if channel in self._rights and self._serve(channel):
                    more = more or channel.pending()
        return self._ended

    def _with_more(self) -> list[Channel[Any]]:
        """Those who have sent something, and those of whom some of it was taken already."""
        return list(dict.fromkeys([*self._arrived(0), *(channel for channel in self._rights if channel.pending())]))

    def _arrived(self, wait: int | None) -> list[Channel[Any]]:
        return [self._channels[descriptor] for descriptor, _ in self._poll.poll(wait)]

    def _arm(self) -> None:
        """Have this process ended if it computes on the same request for ``REQUEST_SECONDS``.

        The alarm counts the time of the processor: who waits for requests, or was stopped, is not ended.
        """
        now = time.monotonic()
        if now - self._armed_at > ARMED_SECONDS:
            signal.setitimer(signal.ITIMER_PROF, REQUEST_SECONDS)
            self._armed_at = now

    def _serve(self, channel: Channel[Any]) -> bool:
        """Answer one request of a channel; whether there was a whole one."""
        self._arm()
        try:
            request = channel.receive_now()
            if request is None:
                return False
            channel.send(self._answer(request, self._rights[channel], channel))
        except (Closed, Timeout):
            self._drop(channel, "the host is gone")
        except Malformed as problem:
            asked = UsageProblem(f"This cannot be asked of the machine: {problem.reason}.", "Stay within its bounds.")
            self._tell(channel, self._gate.refuse("malformed", asked))
        except WireProblem as problem:
            self._tell(channel, self._gate.refuse("malformed", problem))
            self._drop(channel, "the host sent nonsense")
        return True

    def _tell(self, channel: Channel[Any], answer: Answer) -> None:
        try:
            channel.send(answer)
        except WireProblem:
            self._drop(channel, "the host is gone")

    def _answer(self, request: HostRequest, rights: Rights, channel: Channel[Any]) -> Answer:
        if isinstance(request, Stop):
            self._ended = "stopped"
            return Done()
        if isinstance(request, Attach):
            return self._attach_another(request, channel)
        answer = self._gate.handle(request, rights)
        if self._gate.journal.broken:
            self._ended = "what it does cannot be recorded"
        return answer

    def _attach_another(self, request: Attach, channel: Channel[Any]) -> Answer:
        stream = socket.socket(fileno=channel.descriptors.pop(0))
        try:
            if len(self._rights) > MAXIMUM_CLIENTS:
                raise UsageProblem(f"This machine has {MAXIMUM_CLIENTS} connections.", "Close some of them.")
            self._attach(stream, Rights.of(request.capabilities, commits=request.commits))
        except PokerlError as error:
            stream.close()
            return refused(error)
        return Done()

    def _attach(self, stream: socket.socket, rights: Rights) -> None:
        channel: Channel[Any] = Channel(stream, Request, limit=MAXIMUM_MESSAGE, patience=SEND_SECONDS)
        self._rights[channel] = rights
        self._channels[channel.fileno()] = channel
        self._poll.register(channel.fileno(), select.POLLIN)

    def _drop(self, channel: Channel[Any], reason: str) -> None:
        if channel not in self._rights:
            return
        del self._rights[channel], self._channels[channel.fileno()]
        self._poll.unregister(channel.fileno())
        channel.close()
        if channel is self._control:
            self._ended = reason


def serve(
    settings: MachineSettings,
    control: socket.socket,
    client: socket.socket,
    frames: FrameCounter,
    slot: int,
    ready: Machine | None = None,
) -> None:
    """Be a machine process: start the machine, serve it, record its end.

    Args:
        settings: what the host says of the machine.
        control: the host's socket.
        client: the untrusted client's socket.
        frames: the attempt's frames.
        slot: this machine's slot in them.
        ready: a machine with that ROM and cartridge at power-on; one is made without it.
    """
    channel: Channel[Any] = Channel(control, HostRequest, accept_descriptors=True)
    try:
        gate = _open_gate(settings, frames, slot, ready or new_machine(settings))
    except PokerlError as error:
        # As the answer to the host's first question: a host that asks a process which has gone would not read it.
        with contextlib.suppress(WireProblem):
            channel.receive(START_SECONDS)
            channel.send(refused(error))
        return
    reason = Server(gate, channel, [(client, gate.client_rights)]).run()
    if not gate.journal.broken:
        gate.close(reason)


def new_machine(settings: MachineSettings) -> Machine:
    """A machine at power-on with the ROM and cartridge of these settings."""
    return Machine(settings.rom, cartridge.load(settings.cartridge))


def _open_gate(settings: MachineSettings, frames: FrameCounter, slot: int, machine: Machine) -> Gate:
    folder = settings.run_folder
    recorder = Recorder(folder) if folder else None
    store = StateStore(folder) if folder else None
    gate = Gate(machine, recorder, settings, store=store, frames=frames, slot=slot)
    gate.open(os.getpid())
    return gate
