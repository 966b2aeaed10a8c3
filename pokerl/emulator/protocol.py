"""What is said between a machine process and those who use it.

A request may come from model-written code: every field has a type and a bound, and what is out of bounds is refused
with a :class:`Refused` answer. Buttons travel as a bit mask (see ``BUTTONS``).
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

BUTTONS: dict[str, int] = {
    "a": 0x01,
    "b": 0x02,
    "select": 0x04,
    "start": 0x08,
    "right": 0x10,
    "left": 0x20,
    "up": 0x40,
    "down": 0x80,
}
"""Bit of each button in an input mask (the order of the joypad register, hJoyInput in Red)."""

MAXIMUM_ACT_FRAMES = 216_000
"""Frames that one Act may ask for: an hour of play."""

MAXIMUM_READ = 1 << 20
"""Bytes that one Act may read."""

MAXIMUM_MESSAGE = 1 << 21
"""Bytes of a client's request or answer; a longer request is refused unread."""

Mask = Annotated[int, Meta(ge=0, le=0xFF)]
Frames = Annotated[int, Meta(ge=0, le=1_000_000)]
Address = Annotated[int, Meta(ge=0, le=0xFFFF)]
Byte = Annotated[int, Meta(ge=0, le=0xFF)]
ToolName = Annotated[str, Meta(max_length=120)]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Note = Annotated[str, Meta(max_length=400)]


class Hold(Struct, tag="hold", frozen=True):
    """Hold a set of buttons for some frames; nothing else is held. Mask 0 waits."""

    buttons: Mask
    frames: Frames


class Condition(Struct, tag="condition", frozen=True):
    """One byte of memory compared with a value: ``(memory[address] & mask) <test> value``.

    ``changed`` compares with the byte at the start of the wait and ignores ``value``.
    """

    address: Address
    test: Literal["==", "!=", "<", ">", "changed"] = "=="
    value: Byte = 0
    mask: Byte = 0xFF


class Until(Struct, tag="until", frozen=True):
    """Hold buttons until all conditions hold on ``stable`` consecutive frames, at most ``limit`` frames.

    The frame at which the wait begins counts, so a condition that holds already takes no frames. With no condition it
    waits until the *screen* stayed the same for ``stable`` frames (capability ``screen`` instead of ``ram.read``).
    """

    conditions: Annotated[list[Condition], Meta(max_length=32)]
    limit: Annotated[int, Meta(ge=1, le=100_000)]
    stable: Annotated[int, Meta(ge=1, le=600)] = 1
    buttons: Mask = 0


class Span(Struct, frozen=True):
    """A stretch of memory on the CPU's bus: ``length`` bytes from ``address``."""

    address: Address
    length: Annotated[int, Meta(ge=1, le=0x10000)]


class Act(Struct, tag="act", frozen=True, omit_defaults=True):
    """Do steps in order, then read memory and the screen: one round trip.

    Needs ``press`` if there are steps, ``ram.read`` for reads and conditions above 7FFF, ``rom.read`` for those below,
    ``screen`` for the screen. All steps together may ask for at most ``MAXIMUM_ACT_FRAMES``, all reads for at most
    ``MAXIMUM_READ`` bytes. ``follows`` says that the asker goes to the core that the answer names.
    """

    steps: Annotated[list[Hold | Until], Meta(max_length=4096)] = []
    reads: Annotated[list[Span], Meta(max_length=256)] = []
    screen: bool = False
    tool: ToolName = ""
    follows: bool = False


class ReadRom(Struct, tag="read_rom", frozen=True):
    """Read ``length`` bytes of a ROM bank from ``address`` (0000–7FFF as the CPU sees them; bank 0 below 4000)."""

    bank: Annotated[int, Meta(ge=0, le=511)]
    address: Annotated[int, Meta(ge=0, le=0x7FFF)]
    length: Annotated[int, Meta(ge=1, le=0x4000)]
    tool: ToolName = ""


class Poke(Struct, tag="poke", frozen=True):
    """Write bytes into RAM (8000–FFFF). Needs ``ram.write``; always recorded, with what stood there before."""

    address: Annotated[int, Meta(ge=0x8000, le=0xFFFF)]
    data: Annotated[bytes, Meta(min_length=1, max_length=0x2000)]
    tool: ToolName = ""
    why: Note = ""


class Checkpoint(Struct, tag="checkpoint", frozen=True):
    """Store the machine's state as a node of the timeline. Needs ``branch``."""

    label: Note = ""
    tool: ToolName = ""


class Restore(Struct, tag="restore", frozen=True):
    """Go to a checkpoint of this attempt, made on any of its machines. Needs ``branch``."""

    checkpoint: Digest
    tool: ToolName = ""


class Commit(Struct, tag="commit", frozen=True):
    """Declare the machine's present state the end of the trunk (a checkpoint is made of it).

    Needs ``press`` or ``branch``, and a machine whose settings say that it ``commits``: the player's own.
    """

    label: Note = ""
    tool: ToolName = ""


class Status(Struct, tag="status", frozen=True):
    """Ask where the machine stands."""


class Stop(Struct, tag="stop", frozen=True):
    """End the machine process cleanly. Only believed from the host."""


class Attach(Struct, tag="attach", frozen=True):
    """Serve one more client, whose socket comes beside this message. Only believed from the host."""

    capabilities: list[str]
    commits: bool = False


Request = Act | ReadRom | Poke | Checkpoint | Restore | Commit | Status
HostRequest = Request | Stop | Attach


class Acted(Struct, tag="acted", frozen=True, omit_defaults=True):
    """Answer to :class:`Act`.

    ``met`` tells for each Until step whether its conditions came to hold; ``screen`` is 144×160×3 bytes, RGB, row by
    row; ``milestones`` are those reached for the first time on this path during the act. ``core`` is news for an asker
    who follows: the core where the machine is, or -1 for anywhere (see ``pairing``).
    """

    frame: int
    ran: int
    met: list[bool] = []
    reads: list[bytes] = []
    screen: bytes | None = None
    milestones: list[str] = []
    core: int | None = None


class RomRead(Struct, tag="rom_read", frozen=True):
    """Answer to :class:`ReadRom`."""

    data: bytes


class Poked(Struct, tag="poked", frozen=True):
    """Answer to :class:`Poke`: the bytes that stood there before."""

    before: bytes


class Node(Struct, tag="node", frozen=True):
    """Answer to :class:`Checkpoint`, :class:`Restore` and :class:`Commit`: where the machine now stands."""

    checkpoint: Digest
    frame: int
    ram: Digest


class Standing(Struct, tag="standing", frozen=True):
    """Answer to :class:`Status`.

    ``frame`` is counted along the path from power-on, ``total_frames`` are all that this machine ran, those on
    discarded branches included; ``milestones`` maps each one reached on this path to its frame.
    """

    machine: str
    segment: str
    frame: int
    total_frames: int
    capabilities: list[str]
    milestones: dict[str, int]
    last_checkpoint: str = ""


class Refused(Struct, tag="refused", frozen=True):
    """An error as an answer. ``error`` is the name of a class in ``pokerl.errors``."""

    error: str
    message: str
    remedy: str = ""


class Done(Struct, tag="done", frozen=True):
    """Answer to :class:`Stop` and :class:`Attach`."""


Answer = Acted | RomRead | Poked | Node | Standing | Refused | Done


class MachineSettings(Struct, frozen=True, kw_only=True):
    """Everything a machine process is told when it starts. It comes from the host alone.

    Attributes:
        rom: path of the ROM file.
        cartridge: id of the cartridge's profile.
        run_folder: where ``events.jsonl`` and ``states/`` are; empty for a machine that records nothing (environment).
        attempt: id of the attempt, e.g. ``"a001"``.
        machine: id of this machine, unique in the run, e.g. ``"m0003"``.
        capabilities: what the client socket may do.
        start: digest of the checkpoint to start from; empty for power-on.
        deadline: seconds of the monotonic clock after which every act is refused; 0 for none.
        frame_limit: frames that all machines of the attempt may run together; 0 for none.
        own_frame_limit: frames that this machine alone may run (a branch with a limit); 0 for none.
        commits: whether the client may commit, that is, whether this is the player's own machine.
        any_checkpoint: whether the client may restore checkpoints of other attempts (a machine that only looks).
    """

    rom: str
    cartridge: str
    run_folder: str = ""
    attempt: str = ""
    machine: str = "m0001"
    capabilities: list[str] = []
    start: str = ""
    deadline: float = 0.0
    frame_limit: int = 0
    own_frame_limit: int = 0
    commits: bool = True
    any_checkpoint: bool = False


class Spawn(Struct, tag="spawn", frozen=True):
    """Ask the nursery for a machine; beside it come four descriptors: control, client, frame counter, life."""

    settings: MachineSettings
    slot: int
