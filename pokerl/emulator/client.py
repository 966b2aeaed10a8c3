"""Using a machine from another process: from the host, or from the one with model-written code."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from pokerl import errors
from pokerl.emulator.pairing import Follower
from pokerl.emulator.protocol import (
    BUTTONS,
    Act,
    Acted,
    Answer,
    Checkpoint,
    Commit,
    Condition,
    Hold,
    Node,
    Poke,
    Poked,
    ReadRom,
    Refused,
    Restore,
    RomRead,
    Span,
    Standing,
    Status,
    Until,
)
from pokerl.errors import MachineLost, PokerlError, UsageProblem, WireProblem
from pokerl.wire import Channel, Unsendable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Buttons = str | Iterable[str] | int
Wanted = TypeVar("Wanted")

HEIGHT, WIDTH = 144, 160

_UNGUARDED = nullcontext()

REQUEST_SECONDS = 120.0
"""How long an answer may take: several times what the longest act takes, drawn and on a busy computer."""


class Client:
    """Asks one machine, one request at a time; safe to use from several threads.

    Args:
        channel: to the machine, with ``protocol.Answer`` as its incoming type.
        timeout: seconds after which a machine that does not answer counts as lost.
        follower: has the asking thread go to the core where its machine is, when they take turns often.
        guard: a context, entered often, in which nothing interrupts this thread, around whatever must not be done by
            halves. Code that is interrupted while it waits for an answer may go on asking: the late answer is passed
            over.

    Every method raises the error that the machine answers (``CapabilityDenied``, ``BudgetSpent``, ``StateRejected``,
    ``UsageProblem``), and :class:`~pokerl.errors.MachineLost` when the machine died or hung. A request that was cut
    short by the budget was done up to there.
    """

    def __init__(
        self,
        channel: Channel[Answer],
        *,
        timeout: float | None = REQUEST_SECONDS,
        follower: Follower | None = None,
        guard: AbstractContextManager[None] = _UNGUARDED,
        remedy: str = "Start another machine from its last checkpoint.",
    ) -> None:
        self.timeout = timeout
        self._guard = guard
        self._remedy = remedy
        self._owed = False
        self._follower = follower
        self._channel = channel
        self._lock = threading.Lock()
        self._lost = ""

    def act(
        self,
        steps: Sequence[Hold | Until] = (),
        *,
        reads: Sequence[Span] = (),
        screen: bool = False,
        tool: str = "",
    ) -> Acted:
        """Do steps, then read memory and the screen, in one round trip."""
        acted = self._ask(Act(list(steps), list(reads), screen, tool, self._follower is not None), Acted)
        if self._follower is not None and acted.core is not None:
            self._follower.go(acted.core)
        return acted

    def press(self, buttons: Buttons, *, hold: int = 8, wait: int = 8, tool: str = "") -> Acted:
        """Hold one button or several for ``hold`` frames, then nothing for ``wait`` frames."""
        return self.act([Hold(mask_of(buttons), hold), Hold(0, wait)], tool=tool)

    def wait(self, frames: int, *, tool: str = "") -> Acted:
        """Hold nothing for some frames."""
        return self.act([Hold(0, frames)], tool=tool)

    def until(
        self, *conditions: Condition, limit: int = 600, stable: int = 1, buttons: Buttons = 0, tool: str = ""
    ) -> bool:
        """Hold buttons until all conditions hold (without any: until the picture is still).

        Returns:
            Whether they did within ``limit`` frames.
        """
        return self.act([Until(list(conditions), limit, stable, mask_of(buttons))], tool=tool).met[0]

    def read(self, address: int, length: int = 1, *, tool: str = "") -> bytes:
        """Bytes from the CPU's bus."""
        return self.act(reads=[Span(address, length)], tool=tool).reads[0]

    def read_many(self, spans: Iterable[tuple[int, int]], *, tool: str = "") -> list[bytes]:
        """Several stretches of memory, each an address and a length, at one moment."""
        return self.act(reads=[Span(address, length) for address, length in spans], tool=tool).reads

    def read_rom(self, bank: int, address: int, length: int, *, tool: str = "") -> bytes:
        """Bytes of the ROM: bank 0 below 4000, ``bank`` from 4000 to 7FFF."""
        return self._ask(ReadRom(bank, address, length, tool), RomRead).data

    def screen(self, *, tool: str = "") -> NDArray[np.uint8]:
        """The present picture, 144×160×3, RGB."""
        return picture_of(self.act(screen=True, tool=tool))

    def poke(self, address: int, data: bytes, *, tool: str = "", why: str = "") -> bytes:
        """Write into RAM; returns what stood there before."""
        return self._ask(Poke(address, data, tool, why), Poked).before

    def checkpoint(self, *, label: str = "", tool: str = "") -> Node:
        """Store the state as a node of the timeline."""
        return self._ask(Checkpoint(label, tool), Node)

    def restore(self, checkpoint: str, *, tool: str = "") -> Node:
        """Go to a checkpoint of this attempt."""
        return self._ask(Restore(checkpoint, tool), Node)

    def commit(self, *, label: str = "", tool: str = "") -> Node:
        """Declare the present state the end of the trunk."""
        return self._ask(Commit(label, tool), Node)

    def status(self) -> Standing:
        """Where the machine stands."""
        return self._ask(Status(), Standing)

    def close(self) -> None:
        """Let go of the machine; it goes on for its other clients."""
        if self._follower is not None:
            self._follower.leave()
        self._lost = "This client was closed."
        self._channel.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, request: Any, wanted: type[Wanted], descriptors: tuple[int, ...] = ()) -> Wanted:
        with self._lock:
            answer = self._exchange(request, descriptors)
        if isinstance(answer, Refused):
            raise error_of(answer)
        if not isinstance(answer, wanted):
            self._lost = f"The machine answered with {type(answer).__name__} instead of {wanted.__name__}."
            raise MachineLost(self._lost)
        return answer

    def _exchange(self, request: Any, descriptors: tuple[int, ...]) -> Answer:
        if self._lost:
            raise MachineLost(self._lost, self._remedy)
        try:
            if self._owed:
                self._answer()
            with self._guard:
                self._channel.send(request, descriptors)
                self._owed = True
            return self._answer()
        except Unsendable as error:
            raise UsageProblem(error.message, error.remedy) from None
        except WireProblem as error:
            # After this the answers would no longer belong to the questions.
            self._lost = f"The machine is lost: {error.message}"
            raise MachineLost(self._lost, self._remedy) from error

    def _answer(self) -> Answer:
        """The answer that is owed; while it is waited for, and only then, an interruption may come."""
        self._channel.wait(self.timeout)
        with self._guard:
            answer = self._channel.receive(self.timeout)
            self._owed = False
        return answer


def mask_of(buttons: Buttons) -> int:
    """The input mask of one button, several, or a mask itself.

    Raises:
        UsageProblem: there is no such button.
    """
    if isinstance(buttons, int):
        return buttons
    names = [buttons] if isinstance(buttons, str) else list(buttons)
    mask = 0
    for name in names:
        if name not in BUTTONS:
            raise UsageProblem(f"There is no button {name!r}.", f"The buttons are {', '.join(BUTTONS)}.")
        mask |= BUTTONS[name]
    return mask


def picture_of(acted: Acted) -> NDArray[np.uint8]:
    """The picture in an answer to an Act that asked for it, 144×160×3."""
    import numpy as np  # a third of every worker's start, and few policies look at pictures

    return np.frombuffer(acted.screen or b"", np.uint8).reshape(HEIGHT, WIDTH, 3)


def error_of(answer: Refused) -> PokerlError:
    """The error that an answer names; the root of the tree when it names none."""
    kind = vars(errors).get(answer.error)
    if not (isinstance(kind, type) and issubclass(kind, PokerlError)):
        kind = PokerlError
    return kind(answer.message, answer.remedy)
