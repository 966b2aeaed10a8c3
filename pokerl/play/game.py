"""The ``game`` handle: how model-written code reaches the machine.

It runs in the sandboxed worker and holds nothing but a socket. Each method is one request to the machine's gate, where
the capability is checked and the act recorded; nothing here can be bypassed to any profit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakSet

from pokerl.cartridge import STATE_SPANS, Cartridge, GameState, MemoryImage, read_screen_text, read_state
from pokerl.emulator.client import Client, mask_of, picture_of
from pokerl.emulator.protocol import Acted, Condition, Hold, Node, Span, Standing, Until
from pokerl.errors import UsageProblem
from pokerl.play.checkpoint import Checkpoint, digest_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pokerl.play.explore import Candidate, Explorer, Rank
    from pokerl.play.explored import Explored

WRITABLE = 0x8000
MAXIMUM_LABEL = 400
MAXIMUM_TOOL = 120

STILL_FRAMES = 16
"""How long a picture must not change to stand still: text appears a letter every few frames."""

Test = Literal["==", "!=", "<", ">", "changed"]
Where = int | str
OpenBranch = Callable[[str], tuple[Client, Callable[[], None]]]
"""Asks the host for a machine at a checkpoint: a client to it, and what to call when it is no longer needed."""


class Game:
    """The machine, as far as the interface's capabilities reach.

    Args:
        client: the connection to the machine's gate.
        cartridge: what game it is: symbols, text encoding, milestones.
        open_branch: asks the host for a machine at a checkpoint; ``None`` where branching is not offered.
        give_back: called when the handle is closed.
        explorer: tries several continuations; ``None`` where branching is not offered.
        clock: tells how many seconds the code that asks may still run.
        reopen: asks the host for a machine in the place of a lost one; ``None`` where that is not offered.
    """

    def __init__(
        self,
        client: Client,
        cartridge: Cartridge,
        open_branch: OpenBranch | None = None,
        give_back: Callable[[], None] | None = None,
        explorer: Explorer | None = None,
        clock: Callable[[], float] = lambda: math.inf,
        reopen: Callable[[], Client] | None = None,
    ) -> None:
        self.cartridge = cartridge
        self._client = client
        self._open_branch = open_branch
        self._give_back = give_back
        self._explorer = explorer
        self._clock = clock
        self._reopen = reopen
        self._tools: list[str] = []
        self._branches: WeakSet[Game] = WeakSet()

    # Input ---------------------------------------------------------------------------------------------------------

    def press(self, *buttons: str, hold: int = 8, wait: int = 8) -> None:
        """Press buttons one after another: each held ``hold`` frames, then ``wait`` frames with nothing held.

        Args:
            buttons: of "a", "b", "start", "select", "up", "down", "left", "right"; "up+b" holds two at once.
            hold: frames, 60 to a second. A step to the next square takes 16 frames from the press.
            wait: frames.
        """
        self.act(*(step for button in buttons for step in (Hold(held(button), hold), Hold(0, wait))))

    def hold(self, buttons: str, frames: int) -> None:
        """Hold buttons ("up", "up+b") for some frames."""
        self.act(Hold(held(buttons), frames))

    def wait(self, frames: int = 1) -> None:
        """Let frames pass with nothing held."""
        self.act(Hold(0, frames))

    def until(
        self,
        *conditions: tuple[Where, Test, int] | tuple[Where, Test],
        limit: int = 600,
        stable: int | None = None,
        hold: str = "",
    ) -> bool:
        """Wait on the machine's side until all conditions hold; one round trip, however long it takes.

        Args:
            conditions: like ``("wIsInBattle", "==", 0)`` or ``(0xD35E, "changed")``. Without any it waits until the
                screen stands still.
            limit: frames to wait at most.
            stable: on how many frames in a row they must hold; by default 1, and 16 for a picture that stands still.
            hold: buttons to hold meanwhile.

        Returns:
            Whether they came to hold within the limit.
        """
        return self.act(self.waiting(*conditions, limit=limit, stable=stable, hold=hold)).met[0]

    def act(self, *steps: Hold | Until, read: Sequence[tuple[Where, int]] = (), screen: bool = False) -> Acted:
        """Do steps, then read memory and the screen, all in one round trip: the fast way for policies written as code.

        Args:
            steps: made by ``game.step("up", 8)`` and ``game.waiting(conditions…)``.
            read: ``(address or symbol, length)`` pairs.
            screen: whether to return the picture.

        Returns:
            ``.met`` (a bool for each waiting), ``.reads`` (bytes for each read), ``.screen`` (bytes or None),
            ``.frame``, ``.ran`` (frames that passed) and ``.milestones`` (names reached during it).
        """
        spans = [Span(self.address(where), length) for where, length in read]
        return self._client.act(steps, reads=spans, screen=screen, tool=self.tool)

    def step(self, buttons: str, frames: int) -> Hold:
        """A step for :meth:`act`: hold buttons ("" for none) for some frames."""
        return Hold(held(buttons), frames)

    def waiting(
        self,
        *conditions: tuple[Where, Test, int] | tuple[Where, Test],
        limit: int = 600,
        stable: int | None = None,
        hold: str = "",
    ) -> Until:
        """A step for :meth:`act`: what :meth:`until` does."""
        frames = stable if stable is not None else 1 if conditions else STILL_FRAMES
        return Until([self.condition(*condition) for condition in conditions], limit, frames, held(hold))

    # Seeing --------------------------------------------------------------------------------------------------------

    def screen(self) -> NDArray[np.uint8]:
        """The picture, shape (144, 160, 3), RGB. ``show(game.screen())`` lets you see it."""
        return picture_of(self.act(screen=True))

    def read(self, where: Where, length: int = 1) -> bytes:
        """Bytes of memory from an address or symbol, as the CPU sees them."""
        return self.act(read=[(where, length)]).reads[0]

    def byte(self, where: Where) -> int:
        """One byte of memory."""
        return self.read(where)[0]

    def read_rom(self, bank: int, address: int, length: int) -> bytes:
        """Bytes of a ROM bank: ``address`` 0–3FFF for bank 0, 4000–7FFF for the others."""
        return self._client.read_rom(bank, address, length, tool=self.tool)

    def state(self) -> GameState:
        """Everything that is known of the game's memory, decoded: print ``game.state().summary()`` first."""
        spans = list(STATE_SPANS)
        reads = self.act(read=spans).reads
        image = MemoryImage([(address, data) for (address, _), data in zip(spans, reads, strict=True)])
        return read_state(image, self.cartridge)

    def text(self) -> str:
        """The text on the screen, 18 rows of 20 characters, out of the tile map in memory."""
        return "\n".join(read_screen_text(self.read("wTileMap", 360), self.cartridge.charmap))

    # Writing -------------------------------------------------------------------------------------------------------

    def poke(self, where: Where, data: bytes | int | Sequence[int], why: str = "") -> None:
        """Write into memory. Recorded and shown in the audit; a milestone that needs it counts as written, not earned.

        Args:
            where: address (8000–FFFF) or symbol.
            data: a byte or bytes.
            why: one sentence for the audit.
        """
        content, address = byte_string(data), self.address(where)
        if address < WRITABLE:
            raise UsageProblem(f"Address {address:04X} is in the ROM and cannot be written.", "RAM begins at 8000.")
        self._client.poke(address, content, tool=self.tool, why=why[:MAXIMUM_LABEL])

    # Branches ------------------------------------------------------------------------------------------------------

    def checkpoint(self, label: str = "") -> Checkpoint:
        """Store the present state as a node of the timeline and return it."""
        return self._node(self._client.checkpoint(label=label[:MAXIMUM_LABEL], tool=self.tool), label)

    def restore(self, checkpoint: Checkpoint | str) -> Checkpoint:
        """Go back to a checkpoint of this run, whichever machine made it."""
        return self._node(self._client.restore(digest_of(checkpoint), tool=self.tool), "")

    def branch(self, checkpoint: Checkpoint | str | None = None) -> Game:
        """A further machine of its own, standing at a checkpoint (by default: here). Close it when done.

        What happens on it is explored, not played, until you ``restore`` one of its checkpoints on your own machine.
        """
        if self._open_branch is None:
            raise UsageProblem("This game cannot branch.", "Use checkpoint() and restore() on the machine you have.")
        start = digest_of(self.checkpoint() if checkpoint is None else checkpoint)
        client, give_back = self._open_branch(start)
        other = Game(client, self.cartridge, self._open_branch, give_back, self._explorer, self._clock)
        other._tools = list(self._tools)
        self._branches.add(other)
        return other

    def explore(
        self,
        candidates: Sequence[Candidate],
        from_: Checkpoint | str | None = None,
        *,
        frames: int | None = None,
        seconds: float = 300.0,
        keep: int | None = None,
        rank: Rank | None = None,
    ) -> list[Explored]:
        """Try several continuations at once, each on a machine of its own, and return what came of each, best first.

        Whatever a candidate does, raises or breaks is its result and no failure of this call. Nothing of it counts
        until you ``restore`` a result's checkpoint on your own machine.

        Args:
            candidates: functions ``policy(game)`` and tasks in words for sub-agents with your tools, in any mixture.
                Policies run on all cores, each in a process of its own with a copy of all your variables, in which
                this handle (and the tools bound to it) stand for the branch: return what you want to know.
            from_: the checkpoint to begin from; by default where the machine stands now.
            frames: what each branch may run at most; the machine refuses more.
            seconds: how long each policy may run, waiting for models left out.
            keep: how many of the best keep their end as a checkpoint; by default all.
            rank: the score of a result, the highest first; by default new milestones, then no error, then fewer frames.
        """
        if self._explorer is None:
            raise UsageProblem("This game cannot branch.", "Use checkpoint() and restore() on the machine you have.")
        start = self.checkpoint("explore") if from_ is None else from_
        return self._explorer.explore(self, candidates, start, frames=frames, seconds=seconds, keep=keep, rank=rank)

    def explore_elsewhere(self, names: Mapping[str, Any]) -> None:
        """Have policies go to other computers, where the values of these names are found already."""
        if self._explorer is not None:
            self._explorer.names = names

    def move_to(self, client: Client) -> None:
        """In a forked child: stand for another machine from now on; those open so far stay the worker's."""
        for handle in (self, *self._branches):
            handle._client.close()
        self._client, self._give_back, self._reopen = client, None, None

    def reopen(self) -> Standing:
        """After ``MachineLost`` on your own machine: go on with another one, where the last act of the lost one led.

        The frames that are done again to get there are counted. If they lead into the same trouble, restore an earlier
        checkpoint. Where only the connection was lost it is the same machine.
        """
        if self._reopen is None:
            raise UsageProblem(
                "This machine cannot be opened again.",
                "Open another branch from a checkpoint: game.branch(checkpoint).",
            )
        self._client.close()
        self._client = self._reopen()
        return self.status()

    def commit(self, label: str = "") -> Checkpoint:
        """Declare the present state the end of the trunk: the path that counts, is replayed and filmed."""
        return self._node(self._client.commit(label=label[:MAXIMUM_LABEL], tool=self.tool), label)

    def close(self) -> None:
        """Give a branch's machine back. Your own machine stays."""
        if self._give_back is not None:
            self._client.close()
            self._give_back()

    def __enter__(self) -> Game:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Standing ------------------------------------------------------------------------------------------------------

    @property
    def seconds_left(self) -> float:
        """Seconds that this block, or this policy of ``explore``, may still run; waiting for models does not count."""
        return self._clock()

    @property
    def cores(self) -> int:
        """Processor cores over which the policies of ``explore`` are spread."""
        return 1 if self._explorer is None else self._explorer.cores

    @property
    def frame(self) -> int:
        """Frames since power-on on this path; 59.73 are a second of play."""
        return self.status().frame

    @property
    def milestones(self) -> dict[str, int]:
        """The milestones reached on this path and the frame of each."""
        return dict(self.status().milestones)

    @property
    def capabilities(self) -> frozenset[str]:
        """What this handle may do."""
        return frozenset(self.status().capabilities)

    def status(self) -> Standing:
        """Where the machine stands: machine, segment, frame, capabilities, milestones."""
        return self._client.status()

    def address(self, where: Where) -> int:
        """The address of a symbol such as "wPartyCount"; an address is returned as it is.

        Raises:
            UsageProblem: the cartridge has no such symbol.
        """
        if not isinstance(where, str):
            return where
        symbols = self.cartridge.symbols
        if where not in symbols:
            near = ", ".join(get_close_matches(where, symbols, n=4, cutoff=0.7))
            remedy = f"Did you mean {near}?" if near else "Search `game.cartridge.symbols` for a part of the name."
            raise UsageProblem(f"The cartridge has no symbol {where!r}.", remedy)
        return symbols[where]

    def condition(self, where: Where, test: Test, value: int = 0) -> Condition:
        """A condition on a byte of memory, for :meth:`waiting`."""
        return Condition(self.address(where), test, value)

    @property
    def tool(self) -> str:
        """The interface tool at work, as this worker reports it to the record."""
        return self._tools[-1] if self._tools else ""

    @contextmanager
    def using(self, tool: str) -> Iterator[None]:
        """Label what is done inside with a tool's name."""
        self._tools.append(tool[:MAXIMUM_TOOL])
        try:
            yield
        finally:
            self._tools.pop()

    def __repr__(self) -> str:
        standing = self.status()
        return f"<Game {standing.machine} frame={standing.frame} capabilities={sorted(standing.capabilities)}>"

    def _node(self, node: Node, label: str) -> Checkpoint:
        return Checkpoint(node.checkpoint, node.frame, label)


def byte_string(data: bytes | int | Sequence[int]) -> bytes:
    """A byte, bytes, or numbers of 0 to 255 as bytes.

    Raises:
        UsageProblem: they are none.
    """
    try:
        if isinstance(data, bytes | bytearray | memoryview):
            return bytes(data)
        return bytes([data] if isinstance(data, int | Integral) else list(data))
    except (TypeError, ValueError) as error:
        raise UsageProblem(f"This is not to be written: {error}.", "Give a number of 0 to 255, or bytes.") from None


def held(buttons: str) -> int:
    """The input mask of "a", "up+b" or "" (nothing).

    Raises:
        UsageProblem: there is no such button.
    """
    return mask_of(filter(None, buttons.lower().replace(" ", "").split("+")))
