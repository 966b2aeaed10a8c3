"""The film tells the trunk, frame by frame, and appears only when it is whole."""

from __future__ import annotations

import io
import subprocess

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from pokerl.commands.films import film
from pokerl.errors import RomProblem, RunFolderProblem, UsageProblem
from pokerl.replay import VideoSettings, make_gif, make_still, open_record, render_run
from pokerl.replay.encoder import FRAME_RATE, Encoder
from pokerl.replay.panel import Caption, Panel
from pokerl.replay.shots import shots
from pokerl.replay.verify import open_machine
from pokerl.timeline.steps import frames_in


def pictures_of(video):
    """Every picture of a film as ffmpeg decodes it, and what ffmpeg says of the film."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(video.path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, video.height, video.width, 3), done.stderr.decode()


def last_screen(run, rom, attempt):
    record = open_record(run)
    machine = open_machine(record, rom)
    *_, last = shots(machine, record.tree.trunk(attempt), 10_000)
    machine.close()
    return last.picture


def test_a_film_shows_every_nth_frame_and_ends_with_the_trunks_last(played_run, demo_rom, tmp_path):
    record = open_record(played_run)
    played = frames_in(record.tree.trunk("a001"))
    settings = VideoSettings(scale=2, speed=4, hold=0.5)
    video = render_run(played_run, demo_rom, tmp_path / "trunk.mp4", attempt="a001", settings=settings)
    pictures, facts = pictures_of(video)
    assert video.played == played
    assert len(pictures) == video.frames == -(-played // 4) + 30
    assert video.seconds == pytest.approx(video.frames / FRAME_RATE)
    assert "h264" in facts and "yuv420p" in facts and "320x288" in facts and "59.73 fps" in facts
    expected = last_screen(played_run, demo_rom, "a001").repeat(2, axis=0).repeat(2, axis=1)
    assert np.abs(pictures[-1].astype(int) - expected).mean() < 4
    assert np.abs(pictures[0].astype(int) - expected).mean() > 20


def test_the_last_frame_is_shown_though_the_speed_does_not_divide(played_run, demo_rom, tmp_path):
    record = open_record(played_run)
    played = frames_in(record.tree.trunk("a002"))
    settings = VideoSettings(scale=1, speed=1000, hold=0)
    video = render_run(played_run, demo_rom, tmp_path / "trunk.mp4", settings=settings)
    assert video.frames == -(-played // 1000)
    pictures, _ = pictures_of(video)
    assert np.abs(pictures[-1].astype(int) - last_screen(played_run, demo_rom, "a002")).mean() < 4


def test_the_panel_stands_beside_the_picture(played_run, demo_rom, tmp_path):
    settings = VideoSettings(scale=2, speed=40, hold=0, overlay=True)
    video = render_run(played_run, demo_rom, tmp_path / "panel.mp4", attempt="a002", settings=settings)
    assert (video.width, video.height) == (480, 288)
    pictures, _ = pictures_of(video)
    game = last_screen(played_run, demo_rom, "a002").repeat(2, axis=0).repeat(2, axis=1)
    assert np.abs(pictures[-1][:, :320].astype(int) - game).mean() < 4
    assert pictures[-1][:, 320:].mean() < 80  # dark paper


RED, ORANGE = (236, 96, 84), (240, 150, 64)


def marked(picture, colour):
    """Whether the lines of the panel that list milestones hold anything in a colour."""
    return bool((np.abs(picture[60:160, -160:].astype(int) - colour).sum(axis=2) < 40).any())


@pytest.mark.parametrize(
    ("provenance", "colours"), [("", ()), ("earned", ()), ("glitched", (ORANGE,)), ("written", (RED,))]
)
def test_the_panel_says_how_a_milestone_came_about(provenance, colours):
    picture = Panel().picture(Caption("attempt a001", milestones=(("Chose the first creature", 600, provenance),)))
    assert tuple(colour for colour in (RED, ORANGE) if marked(picture, colour)) == colours


@pytest.mark.parametrize(("attempt", "written"), [("a001", False), ("a002", True)])
def test_a_film_with_a_panel_marks_what_was_written(played_run, tmp_path, attempt, written):
    settings = VideoSettings(scale=2, speed=400, hold=0, overlay=True)
    target = tmp_path / "film.mp4"
    video = film(played_run, attempt, target, settings, rom="", console=Console(file=io.StringIO()))
    pictures, _ = pictures_of(video)
    assert marked(pictures[-1], RED) is written


def test_branches_are_told_as_branches_and_the_trunk_ends_the_film(played_run, demo_rom, tmp_path):
    record = open_record(played_run)
    everything = sum(segment.frames for segment in record.tree.segments if segment.attempt == "a001")
    settings = VideoSettings(scale=2, speed=20, hold=0, branches=True)
    video = render_run(played_run, demo_rom, tmp_path / "branches.mp4", attempt="a001", settings=settings)
    assert video.played == everything
    pictures, _ = pictures_of(video)
    game = last_screen(played_run, demo_rom, "a001").repeat(2, axis=0).repeat(2, axis=1)
    assert np.abs(pictures[-1][:, :320].astype(int) - game).mean() < 4


def test_the_progress_grows_to_the_whole(played_run, demo_rom, tmp_path):
    told = []
    render_run(
        played_run,
        demo_rom,
        tmp_path / "trunk.mp4",
        settings=VideoSettings(scale=1, speed=30),
        progress=lambda done, whole: told.append((done, whole)),
    )
    assert told == sorted(told) and len({whole for _, whole in told}) == 1


def test_a_film_is_there_whole_or_not_at_all(copied_run, demo_rom, tmp_path):
    record = open_record(copied_run)
    last = record.tree.trunk("a001")[-1].identifier
    log = copied_run / "events.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if '"input"' in line and last in line)
    lines[place] = lines[place].replace('"runs":[[', '"runs":[[999,1],[')
    log.write_text("".join(lines))
    target = tmp_path / "films" / "trunk.mp4"
    target.parent.mkdir()
    with pytest.raises(RunFolderProblem):
        render_run(copied_run, demo_rom, target, attempt="a001")
    assert list(target.parent.iterdir()) == []


def test_an_encoder_that_is_left_by_an_error_leaves_nothing(tmp_path):
    target = tmp_path / "film.mp4"
    with pytest.raises(KeyboardInterrupt), Encoder(target, 16, 16) as encoder:
        encoder.add(np.zeros((16, 16, 3), np.uint8))
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_an_older_film_stays_until_the_new_one_is_whole(played_run, demo_rom, tmp_path):
    target = tmp_path / "trunk.mp4"
    target.write_bytes(b"older")
    with pytest.raises(UsageProblem):
        render_run(played_run, demo_rom, target, attempt="a999")
    assert target.read_bytes() == b"older"


@pytest.mark.parametrize(
    ("attempt", "target", "settings", "problem"),
    [
        ("a999", "trunk.mp4", VideoSettings(), RunFolderProblem),
        ("a001", "missing/trunk.mp4", VideoSettings(), UsageProblem),
        ("a001", "trunk.mp4", VideoSettings(scale=0), UsageProblem),
        ("a001", "trunk.mp4", VideoSettings(speed=0), UsageProblem),
    ],
)
def test_what_cannot_be_shown_is_refused(played_run, demo_rom, tmp_path, attempt, target, settings, problem):
    with pytest.raises(problem):
        render_run(played_run, demo_rom, tmp_path / target, attempt=attempt, settings=settings)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_rom_is_a_rom_problem(played_run, tmp_path):
    with pytest.raises(RomProblem):
        render_run(played_run, tmp_path / "none.gb", tmp_path / "trunk.mp4")


def test_the_film_can_be_played_before_it_is_loaded_whole(played_run, demo_rom, tmp_path):
    video = render_run(played_run, demo_rom, tmp_path / "trunk.mp4", settings=VideoSettings(scale=1, speed=50))
    content = video.path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_gif_holds_the_chosen_moments_and_is_small(played_run, demo_rom, tmp_path):
    record = open_record(played_run)
    trunk = record.tree.trunk("a001")
    count = make_gif(record, trunk, demo_rom, tmp_path / "run.gif", scale=2)
    with Image.open(tmp_path / "run.gif") as picture:
        assert picture.size == (320, 288) and 5 < picture.n_frames <= count
    assert (tmp_path / "run.gif").stat().st_size < 200_000


def test_a_still_is_the_screen(played_run, demo_rom, tmp_path):
    record = open_record(played_run)
    trunk = record.tree.trunk("a001")
    make_still(record, trunk, demo_rom, tmp_path / "end.png", scale=1)
    with Image.open(tmp_path / "end.png") as picture:
        assert np.array_equal(np.asarray(picture.convert("RGB")), last_screen(played_run, demo_rom, "a001"))
    make_still(record, trunk, demo_rom, tmp_path / "start.png", frame=100)
    assert (tmp_path / "start.png").read_bytes() != (tmp_path / "end.png").read_bytes()
    with pytest.raises(UsageProblem):
        make_still(record, trunk, demo_rom, tmp_path / "none.png", frame=10**6)


def test_no_ffmpeg_outlives_its_film(tmp_path):
    with Encoder(tmp_path / "film.mp4", 16, 16) as encoder:
        encoder.add(np.zeros((16, 16, 3), np.uint8))
        process = encoder._process
    assert isinstance(process, subprocess.Popen) and process.returncode == 0


def test_a_tool_with_line_ends_in_its_name_writes_on_one_line_only():
    lure, told = Caption("attempt", tool="go\n\n\nWRITES"), Caption("attempt", tool="go???WRITES")
    assert np.array_equal(Panel().picture(lure), Panel().picture(told))
