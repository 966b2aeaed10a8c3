"""What the screen shows of the ground: gates and doors that the atlas does not know to be shut."""

from __future__ import annotations

from pokerl.atlas import AtlasMap, Place
from pokerl.atlas.model import WALKABLE
from pokerl.cartridge import GameState
from pokerl.play import Game

COLUMNS, ROWS, PLAYER = 10, 9, 4
"""Squares that the screen shows, and the column and row of the player."""
TILES, TILE_COLUMNS = 360, 20
LIST_LENGTH = 96
END_OF_LIST = 0xFF


def shut_squares(game: Game, state: GameState, here: AtlasMap) -> set[Place]:
    """Squares in sight that are free on the atlas although nobody can walk there now.

    The lower left tile of a square decides, and the game's own list of tiles to walk on. Only true while nothing is
    drawn over the map.
    """
    tiles, pointer = game.act(read=[("wTileMap", TILES), ("wTilesetCollisionPtr", 2)]).reads
    free = game.read(int.from_bytes(pointer, "little"), LIST_LENGTH).partition(bytes([END_OF_LIST]))[0]
    doors = {(warp.x, warp.y) for warp in here.warps}
    found: set[Place] = set()
    for row in range(ROWS):
        for column in range(COLUMNS):
            x, y = state.player.x + column - PLAYER, state.player.y + row - PLAYER
            tile = tiles[(2 * row + 1) * TILE_COLUMNS + 2 * column]
            if here.ground(x, y) in WALKABLE and tile not in free and (x, y) not in doors:
                found.add(Place(here.identifier, x, y))
    return found
