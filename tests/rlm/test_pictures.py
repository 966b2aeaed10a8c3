import io

import numpy
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from pokerl.rlm.pictures import LONGEST_SIDE, check_png, to_png


@pytest.mark.parametrize("shape", [(144, 160, 3), (5, 7), (3, 4, 4), (2, 2, 1)])
def test_an_array_becomes_a_png_with_the_same_pixels(shape):
    pixels = numpy.random.default_rng(1).integers(0, 256, shape).astype(numpy.uint8)
    png = to_png(pixels)
    assert check_png(png) == ""
    assert (numpy.asarray(Image.open(io.BytesIO(png))).reshape(shape) == pixels).all()


def test_floats_and_booleans_are_brightness():
    image = numpy.asarray(Image.open(io.BytesIO(to_png([[0.0, 1.0], [0.5, float("nan")]]))))
    assert image.tolist() == [[0, 255], [127, 0]]
    assert numpy.asarray(Image.open(io.BytesIO(to_png(numpy.eye(2, dtype=bool))))).tolist() == [[255, 0], [0, 255]]


def test_a_pil_image_is_shown_and_large_ones_are_thinned_out():
    png = to_png(Image.new("P", (4000, 10)))
    assert max(Image.open(io.BytesIO(png)).size) <= LONGEST_SIDE
    assert check_png(png) == ""


@pytest.mark.parametrize("picture", ["words", [[[1, 2]]], b"not a png", numpy.zeros((0, 4)), object(), [["a"]]])
def test_what_is_no_picture_is_refused(picture):
    with pytest.raises((TypeError, ValueError)):
        to_png(picture)


def test_a_png_of_a_library_passes_the_check():
    file = io.BytesIO()
    Image.new("RGB", (20, 30), "red").save(file, "PNG")
    assert check_png(file.getvalue()) == ""


@example(10_000, b"\x82\x00")
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=4))
def test_a_damaged_png_never_passes_and_never_raises(position, junk):
    png = to_png(numpy.arange(64, dtype=numpy.uint8).reshape(8, 8))
    start = position % len(png)
    broken = png[:start] + junk + png[start + len(junk) :]
    assert (check_png(broken) == "") == (broken == png)
