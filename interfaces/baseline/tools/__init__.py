"""The reference interface: each tool waits on conditions, is bounded, and says what happened and why it stopped."""

from __future__ import annotations

from pokerl.atlas import Place
from pokerl.cartridge import GameState
from pokerl.play import Game

from . import errands, fighting, looking, maps, menus, reading, training, waiting, walking
from .fighting import Action

BALLS = ("POKé BALL", "GREAT BALL", "ULTRA BALL", "MASTER BALL")
START_PRESSES = 900


def observe(game: Game) -> str:
    """Where you are, your party, what the screen says, exits, people and a little map."""
    return looking.describe(game)


def begin(game: Game) -> str:
    """From power-on (or a reset) through title and introduction until you stand on a map."""
    for turn in range(START_PRESSES):
        state = game.state()
        if state.running and not state.dialogue and not state.menu and waiting.settle(game) == "free":
            return f"the game began: {_place(game)}"
        entries = state.menu.entries if state.menu else ()
        if menus.find_entry(entries, "NEW GAME") is not None:
            menus.choose(game, "NEW GAME")
        elif entries[:1] == ("NEW NAME",):
            menus.choose(game, entries[1])
        else:
            game.press("start" if turn % 4 == 0 else "a", hold=4, wait=12)
    return "no game began"


def walk_to(game: Game, x: int, y: int, map: str = "", battles: str = "fight", grass: int = 2) -> str:
    """Walk to square (x, y) of this map, or of another one by name, by the shortest known way.

    Text on the way is read. `battles`: "fight" them with the best move, "run" from wild ones, or "stop".
    `grass`: what a step in tall grass costs beyond a plain one; more goes farther round.
    """
    area = maps.map_id(game, map) if map else game.byte("wCurMap")
    if area is None:
        return f"there is no map {map!r}"
    told: list[str] = []
    why = walking.walk_through(game, Place(area, x, y), _handler(game, battles, told), grass=grass)
    return _arrived(game, why, told)


def go_to(game: Game, map: str, battles: str = "fight", grass: int = 2) -> str:
    """Walk to a map by name ("VIRIDIAN_CITY", a part of the name will do), wherever one enters it."""
    area = maps.map_id(game, map)
    if area is None:
        near = ", ".join(one.name for one in maps.world(game).maps.values() if map.upper() in one.name)
        return f"there is no single map {map!r}" + (f": {near}" if near else "")
    told: list[str] = []
    why = walking.walk_through(game, area, _handler(game, battles, told), grass=grass)
    return _arrived(game, why, told)


def step(game: Game, direction: str, times: int = 1) -> str:
    """Plain steps up, down, left or right, without looking at the map; also through a door."""
    why = walking.push(game, direction, times)
    waiting.settle(game)
    return f"now at {_place(game)}" + (f"; {why}" if why else "")


def talk(game: Game, direction: str = "") -> str:
    """Talk to (or read, or pick up) what you face, after turning there if given; reads to the end or to a question."""
    return errands.face(game, direction) or errands.speak(game)


def talk_to(game: Game, slot: int = 0, x: int = -1, y: int = -1, map: str = "", battles: str = "fight") -> str:
    """Walk to a person by slot (see observe) or to whatever is on square (x, y), face it and talk."""
    place = _target(game, slot, x, y, map)
    if isinstance(place, str):
        return place
    told: list[str] = []
    for _ in range(4):
        why = errands.meet(game, place, _handler(game, battles, told))
        if why:
            return _arrived(game, why, told)
        said = errands.speak(game)
        moved = _target(game, slot, x, y, map)
        if said != "nobody answered" or moved == place or isinstance(moved, str):
            return "\n".join([*told, said])
        place = moved
    return "nobody answered"


def reply(game: Game, entry: str) -> str:
    """Choose an entry of the open menu by its text ("YES", "HEAL", …) and read on."""
    return errands.answer(game, entry)


def read_on(game: Game) -> str:
    """Press through text until it ends, a menu asks something or a battle begins."""
    said, end = reading.read_on(game)
    return f"{said} [{end}]"


def open_menu(game: Game, *entries: str) -> str:
    """Open the start menu and choose entries by their text, one menu after another: open_menu("ITEM", "POTION")."""
    if game.state().menu is None:
        waiting.tap(game, "start")
    problem = menus.choose(game, *entries)
    menu = menus.await_menu(game)
    return problem or f"open: {' / '.join(menu.entries) if menu else 'no menu'}"


def close_menus(game: Game) -> str:
    """Press B until no menu and no text is open."""
    menus.leave_menus(game)
    return waiting.settle(game)


def train(game: Game, level: int, rest_below: float = 0.4) -> str:
    """Fight wild creatures in this map's tall grass until the first of the party has that level, healing when weak."""
    told: list[str] = []
    result = training.train_to(game, level, _handler(game, "fight", told), rest_below)
    return f"{len(told)} events, the last: {' | '.join(told[-2:])}\n{result}; now at {_place(game)}"


def fight(game: Game, move: str = "", heal_below: float = 0.25, turns: int = 0) -> str:
    """Fight the battle: with the named move, or each turn with the best by power, type and uses left.

    Medicine from the bag is used below the share `heal_below` of HP. `turns` other than 0 stops after so many turns.
    """
    return fighting.fight_on(game, _limited(fighting.attack(game, move, heal_below), turns))


def battle_turn(game: Game, kind: str, name: str = "") -> str:
    """One turn of a battle: kind "move", "item", "switch" (name of a party creature) or "run"."""
    return fighting.fight_on(game, _limited(lambda _: Action(kind, name), 1))


def run_away(game: Game) -> str:
    """Run from a wild battle, trying until it works or the battle is lost."""
    return fighting.fight_on(game, fighting.attack(game, flee=True))


def catch(game: Game, ball: str = "", weaken_to: float = 0.4) -> str:
    """Catch the wild creature: weaken it to a share of its HP, then throw balls until it is caught."""
    before = game.state()

    def decide(state: GameState) -> Action | None:
        battle = state.battle
        have = (
            ball
            if errands.amount_of(state, ball or "-")
            else next((b for b in BALLS if errands.amount_of(state, b)), "")
        )
        if battle is None or battle.kind != "wild" or not have:
            return None
        enemy, own = battle.enemy, battle.own
        strong = own is not None and own.level > enemy.level + 6
        if enemy.hp > weaken_to * enemy.maximum_hp and not strong:
            return fighting.attack(game)(state)
        return Action("item", have)

    report = fighting.fight_on(game, decide)
    after = game.state()
    caught = len(after.party) > len(before.party) or after.dex.owned - before.dex.owned
    return f"{'caught' if caught else 'not caught'}: {report}"


def heal(game: Game, battles: str = "run") -> str:
    """Go to the nearest healing centre and have the party healed."""
    told: list[str] = []
    result = errands.heal_party(game, _handler(game, battles, told))
    return "\n".join([*told, f"{result}; now at {_place(game)}"])


def buy(game: Game, item: str, count: int = 1) -> str:
    """Buy at the clerk you face (go there with talk_to first; an open BUY/SELL menu is fine)."""
    return errands.buy_item(game, item, count)


def use(game: Game, item: str, target: str = "") -> str:
    """Use an item from the bag outside of battle, on a party creature by nickname if it asks for one."""
    return errands.sell_or_use(game, item, target)


def path_to(game: Game, map: str, x: int = -1, y: int = -1) -> str:
    """The way to a map or a square of it in words, or why there is none; nothing moves."""
    area = maps.map_id(game, map)
    if area is None:
        return f"there is no map {map!r}"
    state = game.state()
    path = maps.find_path(game, state, Place(area, x, y) if x >= 0 else area)
    return path.text(maps.world(game))


def _handler(game: Game, battles: str, told: list[str]) -> walking.Handler:
    """Deals with what stops a walk: reads text, fights or flees; adds what happened to ``told``."""

    def handle(kind: str) -> str:
        if kind == "text":
            said, end = reading.read_on(game)
            told.append(f"read: {said}")
            if told[-2:-1] == told[-1:]:
                return "the same is said again and again"
            return "" if end in ("free", "battle") else f"a menu or question is open: {said}"
        if kind == "menu":
            return "a menu is open"
        if battles == "stop":
            return "a battle began"
        report = fighting.fight_on(game, fighting.attack(game, heal_below=0.25, flee_below=0.4, flee=battles == "run"))
        told.append(report)
        if ": lost." in report:
            return "the battle was lost"
        return report if game.state().battle else ""

    return handle


def _limited(policy: fighting.Policy, turns: int) -> fighting.Policy:
    left = [turns]

    def decide(state: GameState) -> Action | None:
        if turns and not left[0]:
            return None
        left[0] -= 1
        return policy(state)

    return decide


def _target(game: Game, slot: int, x: int, y: int, map: str) -> Place | str:
    state = game.state()
    area = maps.map_id(game, map) if map else state.player.map_id
    if area is None:
        return f"there is no map {map!r}"
    if not slot:
        return Place(area, x, y) if x >= 0 and y >= 0 else "give a slot or a square"
    if area == state.player.map_id:
        found = next((Place(area, one.x, one.y) for one in state.sprites if one.slot == slot), None)
    else:
        people = maps.world(game).maps[area].people
        found = next((Place(area, one.x, one.y) for one in people if one.slot == slot), None)
    return found or f"nobody has slot {slot} there"


def _arrived(game: Game, why: str, told: list[str]) -> str:
    return "\n".join([*told, f"stopped at {_place(game)}: {why}" if why else f"arrived at {_place(game)}"])


def _place(game: Game) -> str:
    player = game.state().player
    return f"{player.map_name} ({player.x}, {player.y})"
