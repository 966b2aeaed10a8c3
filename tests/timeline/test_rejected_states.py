"""A thousand savestates that are none: none is loaded, none hangs, each is one clear error."""

from __future__ import annotations

import hashlib
import random
from collections import Counter

import msgspec
import pytest

from pokerl.emulator import Machine
from pokerl.errors import StateRejected
from pokerl.timeline import StateStore, pack_state

COUNT = 1000


@pytest.fixture(scope="module")
def machine(rom):
    machine = Machine(rom.path, rom.cartridge)
    machine.run(0, 700)
    yield machine
    machine.close()


def flip(content, chance):
    place = chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]


def cut(content, chance):
    return content[: chance.randrange(len(content))]


def stuff(content, chance):
    place = chance.randrange(len(content))
    return content[:place] + chance.randbytes(chance.randint(1, 200)) + content[place:]


def replace(content, chance):
    place, length = chance.randrange(len(content)), chance.randint(2, 300)
    changed = content[:place] + chance.randbytes(length) + content[place + length :]
    return changed if changed != content else flip(content, chance)


DAMAGES = (flip, cut, stuff, replace)


def other_version(stored, chance):
    return msgspec.structs.replace(stored, pyboy=chance.choice(["2.7.0", "2.8.0", "3.0.0", "", "x" * 50]))


def other_layout(stored, chance):
    return msgspec.structs.replace(stored, format=chance.choice([0, 2, 99, 2**31]))


def other_rom(stored, chance):
    return msgspec.structs.replace(stored, rom_sha1=chance.randbytes(20).hex())


def other_memory(stored, chance):
    return msgspec.structs.replace(stored, ram=chance.randbytes(32).hex())


def other_state(stored, chance):
    return msgspec.structs.replace(stored, state=chance.choice(DAMAGES)(stored.state, chance))


def other_core(stored, chance):
    """Damage within PyBoy's own bytes, at its beginning, where they say what the rest is, or anywhere before memory."""
    whole = msgspec.msgpack.decode(stored.state)
    core = whole["core"]
    head = chance.randbytes(chance.randint(1, 3)) + core[3:] if chance.random() < 0.5 else cut(core, chance)
    return msgspec.structs.replace(stored, state=msgspec.msgpack.encode(whole | {"core": head}))


FORGERIES = (other_version, other_layout, other_rom, other_memory, other_core)


def refuse(machine, store, digest):
    """Try to load it; the error it gives."""
    with pytest.raises(StateRejected) as caught:
        machine.load_stored(store.get(digest))
    assert len(caught.value.message) > 20
    assert caught.value.remedy
    return caught.value.message


def test_a_damaged_file_is_never_loaded(machine, run_folder):
    store, chance = StateStore(run_folder), random.Random(11)
    digest = store.put(machine.stored())
    content, before = store.path(digest).read_bytes(), machine.ram_hash()
    found = Counter()
    for _ in range(COUNT):
        damage = chance.choice(DAMAGES)
        store.path(digest).write_bytes(damage(content, chance))
        refuse(machine, store, digest)
        found[damage.__name__] += 1
    assert machine.ram_hash() == before
    assert min(found.values()) > COUNT // 8


def test_nor_one_that_is_damaged_and_named_after_its_content(machine, run_folder):
    """Whoever changes a file can rename it; then its check sum, layout, version, ROM and RAM hash protect it."""
    store, chance = StateStore(run_folder), random.Random(12)
    content, saved = pack_state(machine.stored()), machine.save()
    store.folder.mkdir()
    for _ in range(COUNT // 2):
        damaged = chance.choice(DAMAGES)(content, chance)
        digest = hashlib.sha256(damaged).hexdigest()
        store.path(digest).write_bytes(damaged)
        try:
            assert store.get(digest) == machine.stored()  # a flipped bit of zstd's that means nothing
        except StateRejected as error:
            assert error.remedy
    machine.load(saved)


@pytest.mark.parametrize("forge", FORGERIES)
def test_nor_one_that_is_whole_but_of_another_kind(machine, run_folder, forge):
    store, chance = StateStore(run_folder), random.Random(13)
    stored, saved = machine.stored(), machine.save()
    for _ in range(COUNT // 10):
        refuse(machine, store, store.put(forge(stored, chance)))
    machine.load(saved)
    assert machine.ram_hash() == stored.ram


def test_a_machine_that_met_one_in_the_middle_of_a_load_ends(start, client_of, run_folder):
    """Its file is whole, so it is loaded; only then its memory shows to be wrong, and nobody knows where it stands."""
    handle = start()
    client = client_of(handle)
    node = client.checkpoint()
    forged = StateStore(run_folder).put(
        msgspec.structs.replace(StateStore(run_folder).get(node.checkpoint), ram="0" * 64)
    )
    with pytest.raises(StateRejected, match="memory"):
        client.restore(forged)
    handle.process.wait(10)
    assert not handle.alive
