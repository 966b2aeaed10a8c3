from hypothesis import given
from hypothesis import strategies as st

from pokerl.rlm.fences import extract


def test_repl_and_python_blocks_are_found_in_order():
    reply = "First:\n```repl\na = 1\n```\nthen\n```python\nb = 2\nc = 3\n```\n"
    assert extract(reply) == (("a = 1", "b = 2\nc = 3"), True)


def test_blocks_of_other_languages_are_not_run():
    assert extract("```text\nrm -rf\n```\n```json\n{}\n```\n```\nplain\n```") == ((), True)


def test_a_python_fence_inside_another_block_is_text():
    assert extract("````markdown\n```python\nboom()\n```\n````\n```repl\nx\n```") == (("x",), True)


def test_fences_inside_a_triple_quoted_string_do_not_close_the_block():
    inner = 'prompt = """Write\n```python\nprint(1)\n```\nplease"""\nprint(prompt)'
    assert extract(f"```repl\n{inner}\n```\nbye") == ((inner,), True)


def test_quotes_in_comments_and_plain_strings_do_not_count_as_open():
    inner = "# don't \"\"\" be fooled\nx = \"'''\"\ny = 'it\\'s'"
    assert extract(f"```repl\n{inner}\n```\n```repl\nz\n```") == ((inner, "z"), True)


def test_a_string_that_is_never_closed_ends_at_the_first_fence_so_that_python_can_complain():
    assert extract('```repl\nx = """oops\n```\nwords') == (('x = """oops',), True)


def test_longer_fences_hold_shorter_ones():
    assert extract("````repl\nx = 1\n```\ny = 2\n````") == (("x = 1\n```\ny = 2",), True)


def test_an_unclosed_block_is_reported_and_the_closed_ones_before_it_are_kept():
    assert extract("```repl\na\n```\n```repl\nb = 1\n") == (("a",), False)


@given(st.text(alphabet="`~'\"#\\\n abrepl python", max_size=300))
def test_any_reply_gives_blocks(reply):
    blocks = extract(reply)
    assert all(isinstance(block, str) for block in blocks.code)
