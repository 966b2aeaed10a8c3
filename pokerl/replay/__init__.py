"""Verification and film, both by replaying inputs."""

from pokerl.replay.record import Record, open_record
from pokerl.replay.stills import make_gif, make_still
from pokerl.replay.verify import Replay, replay
from pokerl.replay.video import Video, VideoSettings, render_run

__all__ = [
    "Record",
    "Replay",
    "Video",
    "VideoSettings",
    "make_gif",
    "make_still",
    "open_record",
    "render_run",
    "replay",
]
