"""Pictures into an MP4 that appears under its name only when it is complete."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from pokerl.errors import ConfigurationProblem, PokerlError

FRAME_RATE = Fraction(4_194_304, 70_224)
"""Pictures a second of a Game Boy: its clock divided by the cycles of one frame, about 59.7275."""

_EFFORT = ("-preset", "ultrafast", "-x264-params", "cabac=1:scenecut=0")
"""Flat pictures that mostly stand still need no search; measured twice as fast as ``veryfast`` and still small."""


class Encoder:
    """A running ffmpeg that takes pictures; a context manager.

    When the block ends well the film is moved to its name in one step; when it ends with an exception nothing is left.

    Args:
        path: where the film goes; its folder must exist.
        width, height: of the pictures given to :meth:`add`, in pixels.
        scale: whole number by which ffmpeg enlarges them, nearest neighbour; the result's sides must be even.
        rate: pictures a second.
    """

    def __init__(self, path: Path, width: int, height: int, *, scale: int = 1, rate: Fraction = FRAME_RATE) -> None:
        self.path = path
        self.frames = 0
        self._shape = (height, width, 3)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the encoder
        # Absolute, so that ffmpeg takes it for no option and for no address.
        self._draft = path.absolute().with_name(f".{path.name}.{os.getpid()}.part")
        self._process = subprocess.Popen(
            _command(self._draft, width, height, scale, rate),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            start_new_session=True,
        )

    def add(self, picture: NDArray[np.uint8], times: int = 1) -> None:
        """Append a picture of shape (height, width, 3), RGB, to be shown for ``times`` frames."""
        if picture.shape != self._shape:
            raise ValueError(f"a picture of shape {picture.shape} does not fit a film of {self._shape}")
        data = np.ascontiguousarray(picture).tobytes()
        assert self._process.stdin is not None
        for _ in range(times):
            try:
                self._process.stdin.write(data)
            except BrokenPipeError:
                raise self._failure() from None
            self.frames += 1

    def __enter__(self) -> Encoder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is not None:
                self._process.kill()
            elif self._finish() != 0:
                raise self._failure()
            else:
                self._draft.replace(self.path)
        finally:
            self._close()

    def _finish(self) -> int:
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._process.wait()

    def _close(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # what could not be written any more is of no use
            self._process.stdin.close()
        self._process.wait()
        self._errors.close()
        self._draft.unlink(missing_ok=True)

    def _failure(self) -> PokerlError:
        self._process.wait()
        self._errors.seek(0)
        last = self._errors.read().decode(errors="replace").strip().splitlines()[-1:]
        said = last[0] if last else f"exit code {self._process.returncode}"
        return PokerlError(
            f"ffmpeg could not write {self.path.name}: {said}.", "Check the disk's free space and try again."
        )


def _command(draft: Path, width: int, height: int, scale: int, rate: Fraction) -> list[str]:
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(rate), "-i", "-"]
    size = f"scale={width * scale}:{height * scale}:flags=neighbor:out_color_matrix=bt709"
    colour = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]
    codec = ["-c:v", "libx264", *_EFFORT, "-crf", "20", "-pix_fmt", "yuv420p", "-g", "300", *colour]
    target = ["-movflags", "+faststart", "-f", "mp4", "-y", str(draft)]
    return [_ffmpeg(), "-v", "error", *source, "-an", "-vf", size, *codec, *target]


def _ffmpeg() -> str:
    """The ffmpeg that comes with imageio-ffmpeg."""
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise ConfigurationProblem(
            "No ffmpeg was found.", "Install imageio-ffmpeg again, or set IMAGEIO_FFMPEG_EXE."
        ) from error
