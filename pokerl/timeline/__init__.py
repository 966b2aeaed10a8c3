"""What really happened: the log, the tree and the store of machine states."""

from pokerl.timeline.event import Event, Kind
from pokerl.timeline.follow import Follower, History
from pokerl.timeline.recorder import LOG_NAME, Recorder, read_events
from pokerl.timeline.states import StateStore, StoredState, pack_state, read_state_file, unpack_state
from pokerl.timeline.thinned import Log, thinned
from pokerl.timeline.tree import Poke, Run, Segment, Tree

__all__ = [
    "LOG_NAME",
    "Event",
    "Follower",
    "History",
    "Kind",
    "Log",
    "Poke",
    "Recorder",
    "Run",
    "Segment",
    "StateStore",
    "StoredState",
    "Tree",
    "pack_state",
    "read_events",
    "read_state_file",
    "thinned",
    "unpack_state",
]
