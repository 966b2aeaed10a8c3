"""Creatures: draws the shapes of art/creatures/*.txt and turns them into tiles, seen from the front and from behind."""

from collections.abc import Iterator

from PIL import Image, ImageDraw

from .paths import ART
from .pixels import Rows, content_lines, cut, tile_bytes

CANVAS = 56
SCALE = 4
FRONT_TILES, BACK_TILES = 7, 6
BACKGROUND, OUTLINE = 0, 3
Numbers = list[float]


def _reflected(shape: str, numbers: Numbers) -> Numbers:
    """The same shape on the other side of the middle."""
    if shape in ("ellipse", "blot", "eye"):
        return [CANVAS - numbers[0], *numbers[1:]]
    start = 1 if shape == "line" else 0
    return numbers[:start] + [CANVAS - n if (i % 2 == 0) else n for i, n in enumerate(numbers[start:])]


class _Canvas:
    """A large picture whose pixels are shades; 4 marks what is still see-through."""

    def __init__(self) -> None:
        self.image = Image.new("L", (CANVAS * SCALE, CANVAS * SCALE), BACKGROUND)
        self.pen = ImageDraw.Draw(self.image)

    def _ellipse(self, shade: int, numbers: Numbers, outline: float) -> None:
        x, y, wide, high = (n * SCALE for n in numbers)
        edge = outline * SCALE
        if outline:
            self.pen.ellipse((x - wide - edge, y - high - edge, x + wide + edge, y + high + edge), fill=OUTLINE)
        self.pen.ellipse((x - wide, y - high, x + wide, y + high), fill=shade)

    def _polygon(self, shade: int, numbers: Numbers, outline: bool) -> None:
        points = [(x * SCALE, y * SCALE) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
        self.pen.polygon(points, fill=shade)
        if outline:
            self.pen.line([*points, points[0], points[1]], fill=OUTLINE, width=int(1.4 * SCALE), joint="curve")

    def draw(self, shape: str, shade: int, numbers: Numbers) -> None:
        """One shape."""
        if shape in ("ellipse", "blot"):
            self._ellipse(shade, numbers, 1.2 if shape == "ellipse" else 0)
        elif shape in ("polygon", "patch"):
            self._polygon(shade, numbers, shape == "polygon")
        elif shape == "line":
            points = [(x * SCALE, y * SCALE) for x, y in zip(numbers[1::2], numbers[2::2], strict=True)]
            self.pen.line(points, fill=shade, width=int(numbers[0] * SCALE * 1.2), joint="curve")
        elif shape == "eye":
            x, y, radius = numbers
            self._ellipse(OUTLINE, [x, y, radius * 0.8, radius], 0)
            self._ellipse(0, [x - radius * 0.2, y - radius * 0.4, radius * 0.35, radius * 0.35], 0)
        else:
            raise ValueError(shape)

    def rows(self, size: int) -> Rows:
        """The picture made small: black wins where it covers enough of a pixel, else the most frequent shade."""
        step = CANVAS * SCALE / size
        return ["".join(self._pixel(int(x * step), int(y * step), int(step)) for x in range(size)) for y in range(size)]

    def _pixel(self, left: int, top: int, step: int) -> str:
        values = list(self.image.crop((left, top, left + step, top + step)).tobytes())
        if values.count(OUTLINE) * 5 >= len(values) * 2:
            return str(OUTLINE)
        return str(max((0, 1, 2), key=values.count))


def _shapes(name: str) -> Iterator[tuple[set[str], str, int, Numbers]]:
    for line in content_lines((ART / "creatures" / f"{name}.txt").read_text(encoding="utf-8")):
        words = line.split()
        marks = {word for word in words if word in ("mirror", "front", "back")}
        rest = [word for word in words if word not in marks]
        yield marks, rest[0], int(rest[1]), [float(word) for word in rest[2:]]


def picture(name: str, view: str) -> Rows:
    """One creature, 56 pixels wide from the front, 48 from behind."""
    canvas = _Canvas()
    hidden = "back" if view == "front" else "front"
    for marks, shape, shade, numbers in _shapes(name):
        if hidden in marks:
            continue
        canvas.draw(shape, shade, numbers)
        if "mirror" in marks:
            canvas.draw(shape, shade, _reflected(shape, numbers))
    rows = canvas.rows(8 * (FRONT_TILES if view == "front" else BACK_TILES))
    return rows if view == "front" else [row[::-1] for row in rows]


def tiles(rows: Rows) -> bytes:
    """Column by column, as the battle screen numbers them."""
    count = len(rows) // 8
    return b"".join(tile_bytes(cut(rows, x, y)) for x in range(count) for y in range(count))
