"""The store of states: what is loaded is what was saved, or nothing."""

from __future__ import annotations

import random

import msgspec
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from pokerl.emulator import Machine
from pokerl.errors import PokerlError, StateRejected
from pokerl.timeline import StateStore, StoredState, pack_state, read_state_file, unpack_state
from pokerl.timeline.states import MAXIMUM_SIZE


def stored(**given):
    values = {"pyboy": "2.8.1", "rom_sha1": "r", "frame": 5, "ram": "h", "state": bytes(range(256)) * 40}
    return StoredState(**values | {"attempt": "a001", "segment": "m0001-0001"} | given)


@pytest.fixture
def store(run_folder):
    return StateStore(run_folder, pyboy="2.8.1")


@pytest.fixture(scope="module")
def played(rom):
    """A real state, some way into the game, and its machine."""
    machine = Machine(rom.path, rom.cartridge)
    machine.run(0, 900)
    yield machine
    machine.close()


def test_a_state_comes_back_as_it_was_put(store):
    digest = store.put(stored())
    assert digest in store
    assert store.get(digest) == stored()


def test_putting_the_same_state_again_gives_the_same_digest(store):
    assert store.put(stored()) == store.put(stored())
    assert len(list(store.folder.iterdir())) == 1


def test_a_node_has_one_history_so_the_digest_covers_the_record_too(store):
    assert store.put(stored()) != store.put(stored(segment="m0001-0002"))


def test_no_damaged_file_is_loaded(store):
    digest = store.put(stored())
    path = store.path(digest)
    content = path.read_bytes()
    chance = random.Random(3)
    for _ in range(500):
        damaged = bytearray(content)
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(StateRejected, match="damaged"):
            store.get(digest)
    for damaged in (b"", content[:-1], content + b"\0", content + content):
        path.write_bytes(damaged)
        with pytest.raises(StateRejected, match="damaged"):
            store.get(digest)


def test_of_a_file_without_digest_nothing_but_the_state_itself_is_read(tmp_path, played):
    whole = played.stored()
    content = pack_state(whole)
    chance = random.Random(5)
    refused = 0
    for _ in range(500):
        damaged = bytearray(content)
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        (tmp_path / "my.state").write_bytes(damaged)
        try:
            assert read_state_file(tmp_path / "my.state") == whole
        except StateRejected:
            refused += 1
    assert refused > 450


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_refused(content):
    with pytest.raises(StateRejected):
        unpack_state(content)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.integers(-(2**63), 2**64 - 1) | st.text() | st.binary(),
        lambda inner: st.lists(inner),
        max_leaves=8,
    )
)
def test_well_packed_nonsense_is_refused(content):
    packed = zstandard.ZstdCompressor(write_checksum=True).compress(msgspec.msgpack.encode(content))
    with pytest.raises(StateRejected):
        unpack_state(packed)


def test_a_file_that_would_unpack_to_more_than_any_state_is_refused():
    bomb = zstandard.ZstdCompressor(write_checksum=True).compress(bytes(MAXIMUM_SIZE + 1))
    assert len(bomb) < 1000
    with pytest.raises(StateRejected):
        unpack_state(bomb)


def test_other_layouts_versions_and_roms_are_refused(store):
    with pytest.raises(StateRejected, match="layout"):
        unpack_state(pack_state(stored(format=99)))
    with pytest.raises(StateRejected, match=r"PyBoy 2\.7\.0"):
        store.get(store.put(stored(pyboy="2.7.0")))
    with pytest.raises(StateRejected, match="ROM"):
        stored().require(rom_sha1="other", pyboy="2.8.1")


@pytest.mark.parametrize("digest", ["", "0" * 64, "../../../etc/passwd", "A" * 64, "0" * 63])
def test_what_names_no_state_is_refused(store, digest):
    with pytest.raises(StateRejected):
        store.get(digest)


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "states").write_text("a file, not a folder")
    with pytest.raises(PokerlError, match="cannot be written"):
        StateStore(tmp_path).put(stored())


def test_a_machine_refuses_a_state_whose_memory_is_not_what_it_says(played):
    wrong = msgspec.structs.replace(played.stored(), ram="0" * 64)
    saved = played.save()
    with pytest.raises(StateRejected, match="memory"):
        played.load_stored(wrong)
    played.load(saved)


def test_states_are_small(store, played):
    digest = store.put(played.stored(segment="m0001-0001"))
    assert store.path(digest).stat().st_size < 16_000
    assert store.get(digest).frame == played.frame
