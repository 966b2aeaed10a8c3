"""The Gymnasium environment: it passes Gymnasium's own checker without a warning and plays on the real machine."""

from __future__ import annotations

import random
import subprocess
import sys
import warnings
from functools import partial

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AsyncVectorEnv

import pokerl.env
from pokerl.cartridge import progress
from pokerl.emulator import Machine
from pokerl.emulator.protocol import BUTTONS
from pokerl.env import ACTIONS, ENVIRONMENT
from pokerl.errors import RomProblem, StateRejected, UsageProblem
from pokerl.timeline import StateStore, pack_state

WAIT, A, START = ACTIONS.index("wait"), ACTIONS.index("a"), ACTIONS.index("start")


@pytest.fixture
def make():
    made = []

    def make(**given):
        made.append(gymnasium.make(ENVIRONMENT, **given))
        return made[-1]

    yield make
    for environment in made:
        environment.close()


@pytest.fixture
def state_file(rom, tmp_path):
    """Some way into the game: a state that was reached by tapping Start and A."""
    machine = Machine(rom.path, rom.cartridge)
    for _ in range(20):
        machine.run(BUTTONS["start"], 10)
        machine.run(BUTTONS["a"], 50)
    stored = machine.stored()
    machine.close()
    path = tmp_path / "some.state"
    path.write_bytes(pack_state(stored))
    return path


def play(environment, actions, **reset):
    observations = [environment.reset(**reset)[0]]
    for action in actions:
        observations.append(environment.step(action)[0])
    return observations


def same(one, other):
    return all(np.array_equal(one[key], other[key]) for key in one)


def test_it_passes_the_checker_without_a_warning(make):
    environment = make(render_mode="rgb_array")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(environment.unwrapped)


def test_the_demo_game_needs_no_rom_and_others_do(make):
    make(cartridge="demo").reset()
    with pytest.raises(RomProblem, match="own"):
        make(cartridge="red")


def test_actions_are_waiting_and_the_eight_buttons_in_a_fixed_order():
    assert ACTIONS == ("wait", "a", "b", "select", "start", "right", "left", "up", "down")


def test_observations_lie_in_their_space_and_have_the_documented_shapes(make):
    environment = make()
    for observation in play(environment, [START, A, WAIT], seed=1):
        assert observation in environment.observation_space
    assert observation["screen"].shape == (144, 160, 3)
    assert observation["events"].shape == (2560,)


def test_an_observation_says_what_the_whole_state_says(make, rom, state_file):
    environment = make(idle=0, state=state_file)
    chance = random.Random(3)
    environment.reset()
    for _ in range(60):
        observation = environment.step(chance.randrange(len(ACTIONS)))[0]
        state = environment.unwrapped.state()
        player, party = state.player, state.party
        assert tuple(observation["position"]) == (player.x, player.y)
        assert (observation["map"], observation["money"]) == (player.map_id, player.money)
        assert rom.cartridge.badge_names(int(np.packbits(observation["badges"], bitorder="little")[0])) == player.badges
        assert [*observation["party_level"]][: len(party)] == [creature.level for creature in party]
        assert [*observation["party_hp"]] == pytest.approx(
            [creature.hp / creature.maximum_hp for creature in party] + [0.0] * (6 - len(party))
        )
        assert bool(observation["battle"]) == (state.battle is not None)


def test_the_same_seed_and_actions_give_the_same_game(make):
    actions = [START, A, A, WAIT, A] * 10
    assert all(map(same, play(make(), actions, seed=5), play(make(), actions, seed=5)))


def test_the_seed_chooses_how_long_the_game_idles_at_first(make):
    environment = make(idle=1000)
    frames = {environment.reset(seed=seed)[1]["frame"] for seed in range(8)}
    assert len(frames) > 4
    assert make(idle=0).reset(seed=3)[1]["frame"] == 0


def test_a_step_runs_as_many_frames_as_said(make):
    environment = make(idle=0, frames_per_step=10, hold=4)
    environment.reset()
    assert environment.step(A)[4]["frame"] == 10
    assert environment.metadata["render_fps"] == pytest.approx(5.97, abs=0.01)


def test_an_episode_is_truncated_when_its_frames_are_spent(make):
    environment = make(idle=0, frame_budget=48)
    environment.reset()
    assert [environment.step(WAIT)[3] for _ in range(2)] == [False, True]


def test_reset_goes_back_to_the_beginning(make):
    environment = make(idle=0)
    first = environment.reset()[0]
    play(environment, [START, A] * 5)
    assert same(environment.reset()[0], first)


def test_a_state_is_begun_with_by_file_or_by_digest(make, state_file, run_folder, rom):
    machine = Machine(rom.path, rom.cartridge)
    machine.run(0, 77)
    digest = StateStore(run_folder).put(machine.stored())
    machine.close()
    environment = make(idle=0, state=state_file, run_folder=run_folder)
    assert environment.reset()[1]["frame"] == 1200
    assert environment.reset(options={"state": digest})[1]["frame"] == 77
    assert environment.reset(options={"state": str(state_file)})[1]["frame"] == 1200


def test_a_damaged_state_is_refused(make, tmp_path):
    (tmp_path / "bad.state").write_bytes(b"nothing")
    with pytest.raises(StateRejected):
        make(state=tmp_path / "bad.state")


def test_numbers_without_sense_are_refused(make):
    with pytest.raises(UsageProblem):
        make(hold=30, frames_per_step=24)


def test_milestones_are_the_reward(make, rom):
    """Through the menus and then at random, until something is reached: leaving the first room."""
    environment = make(idle=0)
    environment.reset()
    chance = random.Random(0)
    buttons = iter([*[START, A] * 8, *[A] * 20])
    reward, before = 0.0, {}
    while not reward and environment.unwrapped._machine.frame < 60_000:
        before = dict(environment.unwrapped._machine.milestones)
        action = next(buttons, None) or ACTIONS.index(chance.choice(["up", "down", "left", "right", "a"]))
        _, reward, terminated, _, info = environment.step(action)
    assert info["new"]
    assert set(info["milestones"]) == {*before, *info["new"]}
    assert reward == pytest.approx(progress(rom.cartridge.milestones, info["new"]))
    assert info["progress"] == pytest.approx(progress(rom.cartridge.milestones, info["milestones"]))
    assert not terminated
    assert environment.step(WAIT)[1] == 0


def test_many_play_at_once():
    environments = AsyncVectorEnv([partial(gymnasium.make, ENVIRONMENT, idle=0) for _ in range(2)])
    try:
        environments.reset(seed=1)
        observations, rewards, *_ = environments.step(np.array([START, A]))
        assert observations["screen"].shape == (2, 144, 160, 3)
        assert rewards.shape == (2,)
    finally:
        environments.close()


def test_the_environment_is_found_by_naming_its_module():
    environment = gymnasium.make(f"{pokerl.env.__name__}:{ENVIRONMENT}")
    environment.reset()
    environment.close()
    pokerl.env.register()


@pytest.mark.parametrize(
    "imports", ["import gymnasium, pokerl", "import pokerl, gymnasium, pokerl.env", "import pokerl.env, gymnasium"]
)
def test_gymnasium_knows_it_once_pokerl_is_imported(imports):
    code = f"{imports}; gymnasium.make('pokerl/PokemonRed-v0', cartridge='demo').reset()"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)


def test_importing_pokerl_brings_nothing_heavy_along():
    code = "import sys, pokerl; sys.exit(bool({'gymnasium', 'numpy', 'pyboy'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.rom
def test_the_real_game_plays(make, red_rom):
    environment = make(cartridge="red", rom=red_rom, render_mode="rgb_array")
    observation = play(environment, [START, A] * 60, seed=2)[-1]
    assert observation in environment.observation_space
    assert environment.render().std() > 0
