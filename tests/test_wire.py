"""The wire: typed messages arrive whole or are refused, whatever the other side sends."""

from __future__ import annotations

import os
import resource
import socket
import struct
import threading
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pokerl.emulator.protocol import Act, Hold, Request, Span, Status
from pokerl.errors import WireProblem
from pokerl.wire import MAXIMUM_DESCRIPTORS, Channel, Closed, Timeout, count_values, pair

ACT = Act([Hold(1, 8), Hold(0, 8)], [Span(0xC000, 16)], True, "walk")


@pytest.fixture
def two():
    """A channel and the raw socket at its other end."""
    channel, other = pair(Request, limit=100_000)
    yield channel, other
    channel.close()
    other.close()


def frame(body, length=None):
    return struct.pack(">I", len(body) if length is None else length) + body


def test_messages_arrive_as_they_were_sent(two):
    channel, other = two
    sender = Channel(other, Any)
    for message in (ACT, Status(), ACT):
        sender.send(message)
    assert [channel.receive(timeout=5) for _ in range(3)] == [ACT, Status(), ACT]


def test_a_message_may_come_byte_by_byte(two):
    channel, other = two
    whole = frame(msgspec.msgpack.encode(ACT))
    for byte in whole[:-1]:
        other.send(bytes([byte]))
        assert channel.receive_now() is None
    other.send(whole[-1:])
    assert channel.receive_now() == ACT
    assert not channel.pending()


def test_a_message_larger_than_the_socket_buffer_arrives():
    big, other = pair(Any)
    message = {"data": b"x" * 3_000_000}
    sender = threading.Thread(target=Channel(other, Any).send, args=(message,))
    sender.start()
    assert big.receive(timeout=10) == message
    sender.join()
    big.close()
    other.close()


def test_waiting_has_an_end(two):
    channel, other = two
    with pytest.raises(Timeout):
        channel.receive(timeout=0.05)
    other.send(b"\0\0")
    with pytest.raises(Timeout):
        channel.receive(timeout=0.1)
    assert channel.receive_now() is None


def test_sending_to_one_who_does_not_read_has_an_end():
    here, there = socket.socketpair()
    sender = Channel(here, Any, patience=0.1)
    with pytest.raises(Timeout):
        sender.send(b"x" * 5_000_000)
    sender.close()
    there.close()


def test_a_frame_over_the_limit_is_refused_before_its_body_comes(two):
    channel, other = two
    other.send(frame(b"", length=100_001))
    with pytest.raises(WireProblem, match="limit"):
        channel.receive(timeout=5)


def test_a_message_over_the_limit_is_not_sent(two):
    channel, other = two
    with pytest.raises(WireProblem, match="limit"):
        channel.send(b"x" * 100_001)
    other.setblocking(False)
    with pytest.raises(BlockingIOError):
        other.recv(1)


@pytest.mark.parametrize("last_words", [b"", b"\0\0", frame(b"abc", length=50)])
def test_a_peer_that_goes_away_is_noticed(two, last_words):
    channel, other = two
    other.send(last_words)
    other.close()
    with pytest.raises(Closed):
        channel.receive(timeout=5)
    with pytest.raises(Closed):
        channel.send(Status())


def test_after_a_malformed_message_the_next_one_can_be_read(two):
    channel, other = two
    other.send(frame(b"\xc1") + frame(msgspec.msgpack.encode(Status())))
    with pytest.raises(WireProblem, match="malformed"):
        channel.receive(timeout=5)
    assert channel.receive(timeout=5) == Status()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_request_or_refused(body):
    channel, other = pair(Request)
    with other:
        other.sendall(frame(body))
        try:
            assert isinstance(channel.receive(timeout=5), Request)
        except WireProblem:
            pass
        finally:
            channel.close()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_mutated_request_is_a_request_within_bounds_or_refused(data):
    body = bytearray(msgspec.msgpack.encode(ACT))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    channel, other = pair(Request)
    with other:
        other.sendall(frame(bytes(body)))
        try:
            request = channel.receive(timeout=5)
            if isinstance(request, Act):
                assert all(0 <= step.buttons <= 0xFF for step in request.steps)
                assert all(span.address <= 0xFFFF and span.length <= 0x10000 for span in request.reads)
        except WireProblem:
            pass
        finally:
            channel.close()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.binary(min_size=4, max_size=4))
def test_a_stream_of_nonsense_ends_in_an_error_and_never_in_a_hang(body, header):
    channel, other = pair(Request, limit=1000)
    with other:
        other.sendall(header + body)
        other.shutdown(socket.SHUT_WR)
        with pytest.raises(WireProblem):
            for _ in range(100):
                channel.receive(timeout=5)
        channel.close()


def test_descriptors_travel_beside_a_message_where_they_are_accepted():
    here, there = socket.socketpair()
    receiver, sender = Channel(here, Any, accept_descriptors=True), Channel(there, Any)
    reading, writing = os.pipe()
    sender.send("take these", (writing,))
    assert receiver.receive(timeout=5) == "take these"
    os.close(writing)
    (taken,) = receiver.descriptors
    os.write(taken, b"through")
    assert os.read(reading, 7) == b"through"
    receiver.close()
    assert os.read(reading, 1) == b"", "closing the channel closes what nobody took"
    os.close(reading)
    sender.close()


def test_descriptors_are_dropped_where_they_are_not_accepted(two):
    channel, other = two
    reading, writing = os.pipe()
    socket.send_fds(other, [frame(msgspec.msgpack.encode(Status()))], [writing] * MAXIMUM_DESCRIPTORS)
    os.close(writing)
    assert channel.receive(timeout=5) == Status()
    assert channel.descriptors == []
    assert os.read(reading, 1) == b""
    os.close(reading)


def test_descriptors_above_1023_can_be_waited_for():
    """``select`` could not."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] <= 1200:
        pytest.skip("fewer descriptors are allowed here")
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    channel, other = pair(Request)
    assert channel.fileno() > 1023
    other.sendall(frame(msgspec.msgpack.encode(Status())))
    assert channel.receive(timeout=5) == Status()
    channel.close()
    other.close()
    for descriptor in held:
        os.close(descriptor)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=300)
    | st.binary(max_size=300) | st.sampled_from(["x" * 70_000, b"x" * 70_000]),
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=40), inner, max_size=20),
    max_leaves=60,
)  # fmt: skip


def number_of_values(plain: Any) -> int:
    if isinstance(plain, dict):
        return 1 + sum(1 + number_of_values(each) for each in plain.values())
    return 1 + sum(map(number_of_values, plain)) if isinstance(plain, list) else 1


@settings(max_examples=40)
@given(PLAIN)
def test_the_values_of_a_body_are_counted_without_building_them(plain):
    body = msgspec.msgpack.encode(plain)
    if len(body) > 1:
        assert count_values(body, len(body) - 1) == number_of_values(plain) or len(body) == number_of_values(plain)


def test_a_body_of_more_values_than_are_wanted_is_neither_sent_nor_received():
    here, there = socket.socketpair()
    wanting, lavish, told = Channel(here, Any, values=1000), Channel(there, Any), Channel(there, Any, sends=1000)
    lavish.send([{}] * 999)
    assert len(wanting.receive(1)) == 999
    lavish.send([[{}] * 10] * 100)
    with pytest.raises(WireProblem, match="more than 1000 values"):
        wanting.receive(1)
    with pytest.raises(WireProblem, match="more than 1000 values"):
        told.send([[{}] * 10] * 100)
    wanting.close()
    lavish.close()


def test_a_complaint_does_not_repeat_all_that_was_sent(two):
    here, there = two
    there.sendall(frame(msgspec.msgpack.encode({"type": "x" * 100_000})))
    with pytest.raises(WireProblem) as caught:
        here.receive(1)
    assert len(caught.value.message) < 1000
