"""JSON descriptions of the cartridge, in the format that the library reads for every game."""

import json
from typing import Any

from .conditions import events
from .font import FIRST_CODE, font_bytes
from .maps import LAST_MAP, Map, World
from .paths import EXPORTS

SPACE = 0x7F
KIND_SIGNS = {
    "floor": ".", "wall": "#", "grass": ":", "ledge": "v", "ledge_left": "(", "ledge_right": ")",
    "water": "~", "door": "D", "ice": "=", "stop": "o", "push_down": "V", "push_up": "^",
    "push_left": "<", "push_right": ">",
}  # fmt: skip


def write_json(name: str, value: Any) -> None:
    """One file of the data folder."""
    EXPORTS.mkdir(parents=True, exist_ok=True)
    (EXPORTS / f"{name}.json").write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def event_rows() -> list[dict[str, Any]]:
    """Events in the order of their index."""
    rows = [
        {"index": index, "name": name, "address": f"{0xD747 + index // 8:04X}", "bit": index % 8}
        for name, index in events().items()
    ]
    return sorted(rows, key=lambda row: int(str(row["index"])))


def _collision(entry: Map) -> list[str]:
    return ["".join(KIND_SIGNS[entry.kind(x, y)] for x in range(len(row))) for y, row in enumerate(entry.rows)]


def _warps(world: World, entry: Map) -> list[dict[str, Any]]:
    rows = []
    for number, (x, y, to, warp) in enumerate(entry.head.get("warps", [])):
        destination = world.destination(to)
        name = "last map" if destination == LAST_MAP else to
        row = {"number": number, "x": x, "y": y, "map": destination, "name": name, "warp": warp}
        rows.append(row | {"kind": entry.kind(x, y)})
    return rows


def _says(person: dict[str, Any]) -> str:
    return str(person.get("before", person.get("talk", person.get("script", ""))))


def _people(entry: Map) -> list[dict[str, Any]]:
    rows = []
    for slot, person in enumerate(entry.head.get("people", []), start=1):
        x, y = person["at"]
        row = {"slot": slot, "x": x, "y": y, "picture": person["picture"], "text": _says(person)}
        keys = ("script", "show", "hide", "counter", "walks", "facing", "trainer", "sight", "item", "event")
        row |= {key: person[key] for key in keys if key in person}
        rows.append(row)
    return rows


def _connections(world: World, entry: Map) -> dict[str, Any]:
    connections = entry.head.get("connections", {})
    return {side: {"map": world.maps[name].number, "offset": offset} for side, (name, offset) in connections.items()}


def _signs(entry: Map) -> list[dict[str, Any]]:
    return [{"x": x, "y": y, "text": text or script[0]} for x, y, text, *script in entry.head.get("signs", [])]


def write_world(world: World) -> None:
    """maps, collision, warps (with edges) and people."""
    maps = sorted(world.maps.values(), key=lambda entry: entry.number)
    write_json(
        "maps",
        [{"id": e.number, "name": e.name, "width_blocks": e.width, "height_blocks": e.height} for e in maps],
    )
    write_json("collision", {f"{e.number:02X}": _collision(e) for e in maps})
    write_json(
        "warps",
        {f"{e.number:02X}": {"warps": _warps(world, e), "connections": _connections(world, e)} for e in maps},
    )
    write_json("people", {f"{e.number:02X}": {"people": _people(e), "signs": _signs(e)} for e in maps})


def write_looks(world: World) -> None:
    """What maps look like: the tiles and blocks of each tileset, and the blocks of each map, in hexadecimal."""
    maps = sorted(world.maps.values(), key=lambda entry: entry.number)
    names = list(world.tilesets)
    rows = {
        f"{e.number:02X}": {"tileset": names.index(e.tileset.name), "blocks": e.blocks().hex().upper()} for e in maps
    }
    looks = [
        {"tiles": b"".join(tileset.tiles).hex().upper(), "blocks": b"".join(tileset.blocks).hex().upper()}
        for tileset in world.tilesets.values()
    ]
    write_json("looks", {"tilesets": looks, "maps": rows})


def font_rows() -> dict[str, str]:
    """Glyphs by screen code: eight bytes, a bit a pixel."""
    data = font_bytes()
    tiles = {FIRST_CODE + place // 16: data[place : place + 16 : 2] for place in range(0, len(data), 16)}
    return {f"{code:02X}": tile.hex().upper() for code, tile in tiles.items() if any(tile) or code == SPACE}
