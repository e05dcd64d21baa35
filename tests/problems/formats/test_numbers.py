"""Streams of numbers: fast where all is well, exact about the place where not."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.errors import ProblemError
from problems.formats.numbers import NumberStream, finite, lines_of_text, parsed, shown, split_lines

WORDS = st.lists(
    st.one_of(
        st.floats().map(repr),
        st.integers(-(10**20), 10**20).map(str),
        st.sampled_from(["nan", "inf", "1_0", "٣", "1e400", "0x1p3", "infinity", "+5", "-.5e-3", "x", "1,2"]),
    ),
    max_size=20,
)


@given(words=WORDS)
def test_many_words_are_read_as_each_alone(words):
    alone = [finite(word) for word in words]
    together = parsed(words).tolist()
    assert len(alone) == len(together)
    for one, other in zip(alone, together, strict=True):
        assert (math.isnan(other) and one is None) or one == other


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_itself(value):
    assert float(shown(value)) == value


@given(text=st.text(alphabet="1 \t\n\r\x0c\x0b\u2028x", max_size=60))
def test_lines_are_counted_as_an_editor_does(text):
    lines = split_lines(text)
    assert len(lines) == 1 + text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    told = list(lines_of_text(text, "f"))
    assert [line.texts for line in told] == [line.split() for line in lines if line.split()]
    assert all(lines[line.number - 1].split() == line.texts for line in told)


@given(text=st.text(alphabet="17 \n\r\x0c", min_size=1, max_size=60), data=st.data())
def test_the_line_of_a_word_is_where_it_stands(text, data):
    words = [(word, number) for number, line in enumerate(split_lines(text), 1) for word in line.split()]
    taken = data.draw(st.integers(0, len(words)))
    stream = NumberStream(text, "f", first_line=5)
    assert stream.numbers(taken, "a number").tolist() == [float(word) for word, _ in words[:taken]]
    assert stream.left == len(words) - taken
    if taken < len(words):
        with pytest.raises(ProblemError, match=rf"f, line {words[taken][1] + 4} is '{words[taken][0]}'"):
            stream.end("them")
    elif words:
        with pytest.raises(ProblemError, match=rf"f, line {words[-1][1] + 4} is the end of the file"):
            stream.number("one more")


def test_what_is_asked_for_is_not_made_before_it_is_there():
    stream = NumberStream("1 2 3", "f")
    for count in (10**9, 10**18, 10**400):
        with pytest.raises(ProblemError, match="the end of the file; expected weight 4: it is cut short"):
            stream.again().numbers(count, "weight {k}")


def test_the_first_wrong_word_is_named():
    stream = NumberStream("1 -2\n-3 x", "f")
    with pytest.raises(ProblemError, match="line 1 is '-2'; expected weight 2, a number ≥ 0"):
        stream.numbers(4, "weight {k}", low=0.0)
    with pytest.raises(ProblemError, match="line 2 is 'x'; expected weight 4, a finite number"):
        stream.again().numbers(4, "weight {k}")
    with pytest.raises(ProblemError, match="line 1 is '-2'; expected a count, an integer ≥ 1"):
        NumberStream("-2", "f").integer("a count", low=1)
    assert np.array_equal(stream.again().ahead(9), [1.0, -2.0, -3.0])
