"""The reference interface: each tool waits on conditions, is bounded, and says what happened and why it stopped."""

from __future__ import annotations

from pokerl.atlas import Place
from pokerl.play import Game

from . import (
    bag,
    beginning,
    fighting,
    healing,
    looking,
    maps,
    menus,
    policies,
    reading,
    shopping,
    stops,
    talking,
    team,
    training,
    waiting,
    walking,
)
from .turns import Action


def observe(game: Game) -> str:
    """Where you are, party, bag, what the screen says; on a map also exits, people and things, and a little map."""
    return looking.describe(game)


def begin(game: Game) -> str:
    """From power-on (or a reset) through title and introduction until you stand on a map."""
    return beginning.begin_game(game)


def go_to(game: Game, map: str, battles: str = "fight", grass: int = 2) -> str:
    """Walk to a map by its name, over as many maps as it takes, and stop where one enters it.

    Text on the way is read. A clear part of a name will do.

    Args:
        battles: "fight" with the best moves and medicine, "run" from wild ones (trainers are fought), or "stop".
        grass: what a step in tall grass costs beyond a plain one; more goes farther round.
    """
    area = maps.map_id(game, map)
    if area is None:
        return maps.unknown(game, map)
    told: list[str] = []
    why = walking.walk_through(game, area, stops.handler(game, battles, told), grass=grass)
    return _arrived(game, why, told)


def walk_to(game: Game, x: int, y: int, map: str = "", battles: str = "fight", grass: int = 2) -> str:
    """Walk to square (x, y) of this map, or of another one by name; like `go_to` otherwise."""
    area = maps.map_id(game, map) if map else game.byte("wCurMap")
    if area is None:
        return maps.unknown(game, map)
    told: list[str] = []
    why = walking.walk_through(game, Place(area, x, y), stops.handler(game, battles, told), grass=grass)
    return _arrived(game, why, told)


def path_to(game: Game, map: str, x: int = -1, y: int = -1) -> str:
    """The way to a map, or to a square of it, in words, or why there is none; nothing moves."""
    area = maps.map_id(game, map)
    if area is None:
        return maps.unknown(game, map)
    path = maps.find_path(game, game.state(), Place(area, x, y) if x >= 0 else area)
    return path.text(maps.world(game))


def step(game: Game, direction: str, times: int = 1) -> str:
    """Plain steps "up", "down", "left" or "right", without looking at the map; also through a door."""
    why = walking.push(game, direction, times)
    waiting.settle(game)
    return f"now at {_place(game)}" + (f"; {why}" if why else "")


def talk_to(game: Game, slot: int = 0, x: int = -1, y: int = -1, map: str = "", battles: str = "fight") -> str:
    """Walk to a person or thing and press A: by the slot that `observe` shows, or by the square (x, y) it is on.

    Reads to the end. "[asks: YES / NO]" at the end of the answer wants `reply`, "[battle]" wants `fight`.

    Args:
        map: the map it is on, if it is not this one.
        battles: as in `go_to`.
    """
    told: list[str] = []
    handle = stops.handler(game, battles, told)
    why, said = talking.address(game, lambda: maps.target(game, slot, x, y, map), handle)
    return _arrived(game, why, told) if why else "\n".join([*told, said])


def talk(game: Game, direction: str = "") -> str:
    """Press A at what you face, after turning to a direction if one is given; reads to the end like `talk_to`."""
    return talking.face(game, direction) or talking.speak(game)


def reply(game: Game, entry: str) -> str:
    """Choose an entry of the open menu by its text ("YES", "HEAL", …) and read on."""
    return talking.answer(game, entry)


def read_on(game: Game) -> str:
    """Press through the text that is open, to its end, to a question or to a battle."""
    said, end = reading.read_on(game)
    return said + talking.asked(game, end) or "nothing is said"


def open_menu(game: Game, *entries: str) -> str:
    """Open the start menu and choose entries by their text, one after another: open_menu("ITEM", "POTION")."""
    if game.state().menu is None:
        waiting.tap(game, "start")
    problem = menus.choose(game, *entries)
    menu = menus.await_menu(game)
    return problem or f"open: {' / '.join(menu.entries) if menu else 'no menu'}"


def close_menus(game: Game) -> str:
    """Press B until no menu and no text is open."""
    menus.leave_menus(game)
    return waiting.settle(game)


def fight(game: Game, move: str = "", heal_below: float = 0.3, turns: int = 0) -> str:
    """Fight the battle to its end: with the named move, or each turn with the best by power, type and uses left.

    The answer begins with "won against", "lost against", "ran away from", "caught" or "the battle goes on".
    New moves are learned if they are better than the weakest one known.

    Args:
        heal_below: share of HP below which medicine from the bag is used.
        turns: stop after so many; 0 for none.
    """
    return fighting.fight_on(game, policies.limited(policies.attack(game, move, heal_below), turns))


def battle_turn(game: Game, kind: str, name: str = "", target: str = "") -> str:
    """One turn of a battle, then the next decision is open: battle_turn("switch", "PIDGEY").

    Args:
        kind: "move", "item", "switch" or "run".
        name: of the move, the item, or the party creature to send.
        target: the creature an item is for; by default the one on the field.
    """
    return fighting.fight_on(game, policies.limited(lambda _: Action(kind, name, target), 1))


def run_away(game: Game) -> str:
    """Run from a wild battle, trying until it works or the battle is lost."""
    return fighting.fight_on(game, policies.attack(game, flee=True))


def find_wild(game: Game, species: str = "") -> str:
    """Walk about in this map's tall grass (or cave) until a wild creature appears; `catch` or `fight` it then.

    Args:
        species: wait for this kind and run from others; by default any.
    """
    told: list[str] = []
    result = training.hunt(game, species, stops.handler(game, "run", told))
    return "\n".join([*told[-3:], result])


def catch(game: Game, ball: str = "", weaken_to: float = 0.4) -> str:
    """In a wild battle: weaken the creature to a share of its HP, then throw balls until it is caught or none is left.

    Args:
        ball: the kind to throw; by default the weakest there is.
    """
    problem = policies.why_no_catch(game.state(), ball)
    return problem or fighting.fight_on(game, policies.catching(game, ball, weaken_to))


def train(game: Game, level: int, rest_below: float = 0.4) -> str:
    """Fight wild creatures on this map until the first of the party has that level, resting at the nearest nurse."""
    told: list[str] = []
    result = training.train_to(game, level, stops.handler(game, "fight", told), rest_below)
    return f"{result}; now at {_place(game)}, after {len(told)} events" + (f", the last: {told[-1]}" if told else "")


def heal(game: Game, battles: str = "run") -> str:
    """Walk to the nearest nurse and have the party healed. Where she is you wake up after a lost battle."""
    told: list[str] = []
    result = healing.heal_party(game, stops.handler(game, battles, told))
    return "\n".join([*told, f"{result}; now at {_place(game)}"])


def mend(game: Game, below: float = 0.6) -> str:
    """Out of the bag: medicine for every creature with a condition or with less than that share of its HP."""
    return "\n".join(healing.mend_party(game, below)) or "nobody needs anything that is in the bag"


def use(game: Game, item: str, target: str = "") -> str:
    """Use an item from the bag outside of battle, on the party creature of that nickname if it asks for one."""
    return bag.use_item(game, item, target)


def shop(game: Game, map: str = "") -> str:
    """Walk to the nearest clerk (or the one of a map) and read what is for sale and the prices."""
    told: list[str] = []
    problem = shopping.enter_shop(game, stops.handler(game, "run", told), map)
    return "\n".join([*told, problem or shopping.wares(game)])


def buy(game: Game, item: str, count: int = 1, map: str = "") -> str:
    """Walk to the nearest clerk (or the one of a map) and buy; says what it cost or why nothing was bought."""
    told: list[str] = []
    problem = shopping.enter_shop(game, stops.handler(game, "run", told), map)
    return "\n".join([*told, problem or shopping.trade(game, "BUY", item, count)])


def sell(game: Game, item: str, count: int = 1, map: str = "") -> str:
    """Walk to the nearest clerk (or the one of a map) and sell."""
    told: list[str] = []
    problem = shopping.enter_shop(game, stops.handler(game, "run", told), map)
    return "\n".join([*told, problem or shopping.trade(game, "SELL", item, count)])


def lead(game: Game, name: str) -> str:
    """Put a creature first in the party, by nickname: it begins the battles and is the one that `train` trains."""
    return team.put_first(game, name)


def _arrived(game: Game, why: str, told: list[str]) -> str:
    return "\n".join([*told, f"stopped at {_place(game)}: {why}" if why else f"arrived at {_place(game)}"])


def _place(game: Game) -> str:
    player = game.state().player
    return f"{player.map_name} ({player.x}, {player.y})"
