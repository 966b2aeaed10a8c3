"""The smallest useful interface: look, walk by trial, talk. Every tool is bounded and says why it stopped."""

from collections import deque

from pokerl.play import Game

Square = tuple[int, int]
STEPS = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
BOX_CORNER = 0x79  # screen code of the frame's upper left corner, which opens the text box in row 12
PRESSES = 60
DOOR_FRAMES = 60  # a door leads on within these, a mat only if one walks on


def look(game: Game) -> str:
    """Where you are, your party, the battle and what the screen says, as text."""
    state = game.state()
    rows = [row for row in game.text().splitlines() if row.strip()]
    return "\n".join([state.summary(), *rows]) if _box_open(game) else state.summary()


def step(game: Game, direction: str, times: int = 1) -> str:
    """Take up to `times` steps up, down, left or right; stops at walls, doors, text and battles."""
    for done in range(times):
        problem = _one_step(game, direction)
        if problem:
            return f"stopped after {done} steps: {problem}"
    return f"took {times} steps, now at {_position(game)}"


def walk_to(game: Game, x: int, y: int, limit: int = 200) -> str:
    """Walk to square (x, y) of this map, finding the way by trial; stops at doors, text and battles."""
    blocked: set[tuple[int, int, str]] = set()
    doors = {(warp.x, warp.y) for warp in game.state().warps} - {(x, y)}
    patience = 2
    area, width, height = game.read("wCurMap", 1), 2 * game.byte("wCurMapWidth"), 2 * game.byte("wCurMapHeight")
    for _ in range(limit):
        here = _position(game)
        if here == (x, y):
            return f"arrived at {here}"
        path = _path(here, (x, y), width, height, blocked, doors)
        if not path and patience:  # people move, and after a door steps are ignored for a moment
            patience -= 1
            blocked.clear()
            game.wait(30)
            continue
        if not path:
            return f"no way found from {here} to {(x, y)}"
        problem = _one_step(game, path[0])
        if game.read("wCurMap", 1) != area:
            return f"a door or edge led to another map: {game.state().player.map_name} at {_position(game)}"
        if problem == "blocked":
            blocked.add((*here, path[0]))
        elif problem:
            return f"stopped at {_position(game)}: {problem}"
    return f"gave up at {_position(game)} after {limit} steps"


def talk(game: Game, presses: int = PRESSES) -> str:
    """Press A at what you face (unless text is open), read on until the box closes or a menu asks; returns the text."""
    said: list[str] = []
    if not _box_open(game):
        game.press("a", hold=6, wait=0)
        game.until((_corner(game), "==", BOX_CORNER), limit=60)
    for _ in range(presses):
        said += [line for line in [_still_text(game)] if line]
        menu = game.state().menu
        if menu is not None:
            said.append("[a menu asks: " + " | ".join(menu.entries) + "]")
        if menu is not None or not _box_open(game):
            break
        game.press("a", hold=6, wait=14)
    return "\n".join(said) or "nothing was said"


def _still_text(game: Game) -> str:
    """What the text box says once no further letter appears."""
    text = None
    for _ in range(40):
        dialogue = game.state().dialogue
        before, text = text, dialogue.text if dialogue else ""
        if text == before:
            break
        game.wait(8)
    return text or ""


def _one_step(game: Game, direction: str) -> str:
    before, area = _position(game), game.byte("wCurMap")
    for _ in range(2):  # the first press may only turn around
        game.hold(direction, 8)
        game.until(("wWalkCounter", "==", 0), limit=40, stable=2)
        if _position(game) != before:
            break
    if _position(game) in {(warp.x, warp.y) for warp in game.state().warps}:
        game.until(("wCurMap", "!=", area), limit=DOOR_FRAMES)
    if game.byte("wCurMap") != area:
        _settle(game)
        return "the map changed"
    if game.byte("wIsInBattle"):
        return "a battle began"
    if _box_open(game):
        return "text is on the screen"
    return "" if _position(game) != before else "blocked"


def _settle(game: Game) -> None:
    """After a door the game may walk by itself: wait until it has stood still for half a second."""
    for _ in range(10):
        before = _position(game)
        game.wait(30)
        if _position(game) == before:
            return


def _position(game: Game) -> tuple[int, int]:
    y, x = game.read("wYCoord", 2)
    return x, y


def _box_open(game: Game) -> bool:
    return game.byte(_corner(game)) == BOX_CORNER


def _corner(game: Game) -> int:
    return game.address("wTileMap") + 12 * 20


def _path(
    start: Square,
    goal: Square,
    width: int,
    height: int,
    blocked: set[tuple[int, int, str]],
    doors: set[Square],
) -> list[str]:
    """Breadth-first search that takes everything for free which has not blocked yet, and goes round doors."""
    queue, came = deque([start]), {start: ("", start)} | {door: ("", door) for door in doors}
    while queue:
        here = queue.popleft()
        if here == goal:
            break
        for name, (dx, dy) in STEPS.items():
            there = (here[0] + dx, here[1] + dy)
            inside = 0 <= there[0] < width and 0 <= there[1] < height
            if inside and there not in came and (*here, name) not in blocked:
                came[there] = (name, here)
                queue.append(there)
    path: list[str] = []
    while goal in came and goal != start:
        name, goal = came[goal]
        path.append(name)
    return path[::-1]
