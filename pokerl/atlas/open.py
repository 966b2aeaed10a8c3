"""Opening the atlas of a game, and what the game's memory says about paths."""

from __future__ import annotations

from pokerl.atlas.demo import demo_world
from pokerl.atlas.red import red_world
from pokerl.atlas.rom import ReadRom
from pokerl.atlas.world import World
from pokerl.cartridge import Cartridge, GameState
from pokerl.errors import UsageProblem

TOGGLES = (0xD5A6, 32)
"""Address and length of the bits that hide people and things (wToggleableObjectFlags)."""
MOVES = {"CUT": "cut", "SURF": "surf", "STRENGTH": "strength"}
BADGES = {"cut": "Cascade", "surf": "Soul", "strength": "Rainbow"}


def open_atlas(cartridge: Cartridge, read_rom: ReadRom | None = None) -> World:
    """All maps of a game.

    Args:
        cartridge: the game, e.g. ``game.cartridge``.
        read_rom: how to read its ROM, e.g. ``game.read_rom``; the demo game needs none.

    Raises:
        UsageProblem: nothing is known of this game's maps, or ``read_rom`` is missing.
    """
    if cartridge.identifier == "demo":
        return demo_world(cartridge)
    if read_rom is None:
        raise UsageProblem(
            f"The maps of {cartridge.title} are read from its ROM.", "Pass game.read_rom, or use a SeenAtlas."
        )
    return red_world(read_rom, cartridge)


def abilities_of(state: GameState) -> frozenset[str]:
    """What the player can do outside of battles: of "cut", "surf", "strength"; needs the move and the badge."""
    badges = {badge.casefold().split()[0].removesuffix("badge") for badge in state.player.badges}
    known = {MOVES[move.name] for one in state.party for move in one.moves if move.name in MOVES}
    return frozenset(ability for ability in known if BADGES[ability].casefold() in badges)


def story_of(state: GameState) -> frozenset[str]:
    """What opens ways and what is over, for ``Finder.path(story=…)``: events, items in the bag, and badges."""
    items = {item.name for item in state.bag}
    return state.events | items | {f"{badge} Badge" for badge in state.player.badges}


def hidden_people(world: World, flags: bytes) -> frozenset[tuple[int, int]]:
    """(map, slot) of the people and things that the story hides now.

    Args:
        world: the atlas.
        flags: what memory says of it: ``game.read(*TOGGLES)``.
    """
    return frozenset(
        (identifier, person.slot)
        for identifier, one in world.maps.items()
        for person in one.people
        if person.toggle is not None
        and person.toggle // 8 < len(flags)
        and flags[person.toggle // 8] >> person.toggle % 8 & 1
    )


def people_here(state: GameState, hidden: frozenset[tuple[int, int]] = frozenset()) -> dict[int, list[tuple[int, int]]]:
    """Where those on the player's map are just now, for ``Finder.path(people=…)``.

    Somebody whom the screen does not show stands where memory says unless the story hides it.
    """
    here = state.player.map_id
    return {here: [(one.x, one.y) for one in state.sprites if one.on_screen or (here, one.slot) not in hidden]}
