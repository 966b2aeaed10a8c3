"""States in words: a summary, and what changed between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pokerl.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pokerl.cartridge.bag import BagItem
    from pokerl.cartridge.battle import Battle
    from pokerl.cartridge.creature import Creature
    from pokerl.cartridge.state import GameState


def summary(state: GameState) -> str:
    """A short text that tells a model where things stand."""
    if not state.running:
        return _lines(["No game is being played yet (title screen, menu or introduction).", *_screen(state)])
    player = state.player
    where = f"{player.map_name} ({player.map_id:02X}h) at x={player.x} y={player.y}, facing {player.facing}"
    clock = player.play_time
    head = [
        where + ("" if player.movement == "on foot" else f", {player.movement}"),
        f"Money {player.money}, badges {len(player.badges)}, clock {clock.hours}:{clock.minutes:02}:{clock.seconds:02}",
        "Party: " + ("; ".join(creature_words(creature) for creature in state.party) or "empty"),
    ]
    if state.bag:
        head.append("Bag: " + _items(state.bag))
    if state.storage.items:
        head.append("PC: " + _items(state.storage.items))
    if state.storage.creatures:
        boxed = "; ".join(creature_words(creature) for creature in state.storage.creatures)
        head.append(f"Box {state.storage.box}: {boxed}")
    return _lines([*head, *_battle(state), *_screen(state), *_odd(state)])


def _items(items: Sequence[BagItem]) -> str:
    return ", ".join(f"{item.name} x{item.quantity}" for item in items)


def creature_words(creature: Creature) -> str:
    """``"PIKACHU L5 19/20 HP, poisoned"``, with the nickname if it has one."""
    name = creature.species
    if creature.nickname and creature.nickname != creature.species:
        name = f"{creature.nickname} ({creature.species})"
    of = f"/{creature.maximum_hp}" if creature.maximum_hp else ""
    words = f"{name} L{creature.level} {creature.hp}{of} HP"
    return f"{words}, {creature.status}" if creature.status else words


def differences(before: GameState, after: GameState) -> list[str]:
    """What changed from one state to another, in words. The clock, the screen, the random bytes and where people on the
    map stand are left out.
    """
    return [
        *_player_changes(before, after),
        *_map_changes(before, after),
        *_roster_changes(before.party, after.party, "party"),
        *_item_changes(before.bag, after.bag, "bag"),
        *_storage_changes(before, after),
        *_battle_changes(before, after),
        *(f"event {name} set" for name in sorted(after.events - before.events)),
        *(f"event {name} cleared" for name in sorted(before.events - after.events)),
        *(f"dex: species {number} seen" for number in sorted(after.dex.seen - before.dex.seen)),
        *(f"dex: species {number} owned" for number in sorted(after.dex.owned - before.dex.owned)),
        *_screen_changes(before, after),
        *(f"odd: {text}" for text in after.oddities if text not in before.oddities),
    ]


def _map_changes(before: GameState, after: GameState) -> list[str]:
    """What became of the map the player stands on."""
    if before.player.map_id != after.player.map_id:
        return []
    pairs = ((before.warps, after.warps, "doors"), (before.connections, after.connections, "edges"))
    return [
        f"the map's {what} changed" for old, new, what in (*pairs, (before.signs, after.signs, "signs")) if old != new
    ]


def _player_changes(before: GameState, after: GameState) -> list[str]:
    found: list[str] = []
    if before.running != after.running:
        found.append("a game is being played" if after.running else "no game is being played")
    old, new = before.player, after.player
    if old.map_id != new.map_id:
        found.append(f"map {old.map_name} -> {new.map_name} at ({new.x}, {new.y})")
    elif (old.x, old.y) != (new.x, new.y):
        found.append(f"position ({old.x}, {old.y}) -> ({new.x}, {new.y})")
    for what in ("name", "rival", "facing", "movement", "money", "coins", "hall_of_fame_teams"):
        was, now = getattr(old, what), getattr(new, what)
        if was != now:
            found.append(f"{what.replace('_', ' ')} {was or 'none'} -> {now or 'none'}")
    found += [f"{badge} Badge gained" for badge in new.badges if badge not in old.badges]
    found += [f"{badge} Badge lost" for badge in old.badges if badge not in new.badges]
    return found


def _roster_changes(before: Sequence[Creature], after: Sequence[Creature], what: str) -> list[str]:
    found: list[str] = []
    for place, (old, new) in enumerate(zip(before, after, strict=False), start=1):
        if old.species_index != new.species_index:
            found.append(f"{what} creature {place}: {creature_words(old)} -> {creature_words(new)}")
        elif old != new:
            found += [f"{new.species} {change}" for change in _creature_changes(old, new)]
    found += [f"{creature_words(new)} joined the {what}" for new in after[len(before) :]]
    found += [f"{creature_words(old)} left the {what}" for old in before[len(after) :]]
    return found


def _storage_changes(before: GameState, after: GameState) -> list[str]:
    old, new = before.storage, after.storage
    items = _item_changes(old.items, new.items, "PC")
    if old.box != new.box:
        return [f"box {old.box} -> {new.box}, with {counted(len(new.creatures), 'creature')} in it", *items]
    return [*_roster_changes(old.creatures, new.creatures, "box"), *items]


def _creature_changes(old: Creature, new: Creature) -> list[str]:
    found = [
        f"{what.replace('_', ' ')} {getattr(old, what)} -> {getattr(new, what)}"
        for what in ("level", "hp", "maximum_hp", "experience")
        if getattr(old, what) != getattr(new, what)
    ]
    if old.status != new.status:
        found.append(f"status {old.status or 'healthy'} -> {new.status or 'healthy'}")
    known = [move.name for move in old.moves]
    found += [f"learned {move.name}" for move in new.moves if move.name not in known]
    found += [
        f"{now.name} PP {was.pp} -> {now.pp}"
        for was, now in zip(old.moves, new.moves, strict=False)
        if was.name == now.name and was.pp != now.pp
    ]
    return found


def _item_changes(before: Sequence[BagItem], after: Sequence[BagItem], where: str) -> list[str]:
    old: dict[str, int] = {}
    new: dict[str, int] = {}
    for counts, items in ((old, before), (new, after)):
        for item in items:
            counts[item.name] = counts.get(item.name, 0) + item.quantity
    changes = {name: new.get(name, 0) - old.get(name, 0) for name in {**old, **new}}
    return [f"{where} {change:+d} {name}" for name, change in changes.items() if change]


def _battle_changes(before: GameState, after: GameState) -> list[str]:
    old, new = before.battle, after.battle
    if new is None:
        return [] if old is None else ["the battle ended"]
    if old is None:
        return [f"a {new.kind} battle began against {creature_words(new.enemy)}"]
    if old.enemy.species_index != new.enemy.species_index:
        found = [f"the enemy sent {creature_words(new.enemy)}"]
    else:
        found = [f"enemy {change}" for change in _creature_changes(old.enemy, new.enemy)]
    return [*found, *_passing_changes(old, new), *_roster_changes(old.trainer_party, new.trainer_party, "enemy party")]


def _passing_changes(old: Battle, new: Battle) -> list[str]:
    """Stages and conditions, which end with the battle."""
    found: list[str] = []
    for whose in ("own", "enemy"):
        was, now = (msgspec.structs.asdict(getattr(battle, f"{whose}_stages")) for battle in (old, new))
        found += [f"{whose} {what} stage {was[what]:+d} -> {now[what]:+d}" for what in was if was[what] != now[what]]
        had, has = (getattr(battle, f"{whose}_conditions") for battle in (old, new))
        found += [f"{whose} creature is {word}" for word in has if word not in had]
        found += [f"{whose} creature is no longer {word}" for word in had if word not in has]
    return found


def _screen_changes(before: GameState, after: GameState) -> list[str]:
    found: list[str] = []
    if before.dialogue != after.dialogue:
        found.append(f"dialogue: {after.dialogue.text}" if after.dialogue else "the text box closed")
    if before.menu != after.menu:
        found.append(_menu(after) or "the menu closed")
    return found


def _battle(state: GameState) -> list[str]:
    battle = state.battle
    if battle is None:
        return []
    against = f" {battle.trainer}" if battle.trainer else ""
    enemy = creature_words(battle.enemy) if battle.enemy.species_index else "not out yet"
    words = [f"Battle ({battle.kind}{against}): enemy {enemy}"]
    if battle.own:
        moves = ", ".join(f"{move.name} {move.pp} PP" for move in battle.own.moves)
        words.append(f"On the field: {creature_words(battle.own)}; moves {moves}")
    words += [f"{whose} creature: {said}" for whose in ("Own", "Enemy") if (said := _passing(battle, whose.lower()))]
    return words


def _passing(battle: Battle, whose: str) -> str:
    stages = msgspec.structs.asdict(getattr(battle, f"{whose}_stages"))
    raised = [f"{what} {stage:+d}" for what, stage in stages.items() if stage]
    return ", ".join([*raised, *getattr(battle, f"{whose}_conditions")])


def _screen(state: GameState) -> list[str]:
    words: list[str] = []
    if state.dialogue and state.dialogue.text:
        words.append(f"Text: {state.dialogue.text}" + (" (waits for a button)" if state.dialogue.waits else ""))
    menu = _menu(state)
    return [*words, menu] if menu else words


def _menu(state: GameState) -> str:
    menu = state.menu
    if menu is None:
        return ""
    entries = [f"[{entry}]" if place == menu.cursor else entry for place, entry in enumerate(menu.entries)]
    which = f" ({menu.list})" if menu.list else ""
    return f"Menu{which}, cursor in brackets: " + " | ".join(entries)


def _odd(state: GameState) -> list[str]:
    return [f"Odd: {'; '.join(state.oddities)}"] if state.oddities else []


def _lines(lines: list[str]) -> str:
    return "\n".join(lines)
