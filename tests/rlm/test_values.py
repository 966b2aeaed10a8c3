import dataclasses

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokerl.rlm.values import to_plain

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(PLAIN)
def test_plain_values_stay_what_they_are_except_for_what_utf8_cannot_say(value):
    assert to_plain(to_plain(value)) == to_plain(value)


def test_usual_python_values_have_a_plain_form():
    point = dataclasses.make_dataclass("Point", ["x", "y"])(1, (2, 3))
    given_value = {"p": point, 4: {5}, "a": numpy.array([[1, 2]]), "s": numpy.float64(0.5)}
    assert to_plain(given_value) == {"p": {"x": 1, "y": [2, 3]}, "4": [5], "a": [[1, 2]], "s": 0.5}


def test_lone_surrogates_are_escaped():
    assert to_plain("a\ud800b") == "a\\ud800b"


@pytest.mark.parametrize("value", [object(), lambda: 0, {"a": [open]}, {(1, 2): 3}, 1j])
def test_anything_else_is_refused_with_its_place(value):
    with pytest.raises(TypeError, match="value"):
        to_plain(value)


def test_what_contains_itself_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(ValueError, match="deep"):
        to_plain(loop)


def test_huge_integers_are_refused():
    with pytest.raises(ValueError, match="64 bits"):
        to_plain(2**64)
