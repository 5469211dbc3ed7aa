import itertools
import threading
import time
from contextlib import closing

import pytest

from playerid.frames.read_ahead import OnePass, read_ahead


def counted(count, taken, closed):
    try:
        for item in range(count):
            taken.append((item, threading.get_ident()))
            yield item
    finally:
        closed.append(threading.get_ident())


def test_the_items_come_in_order_from_another_thread():
    taken, closed = [], []
    assert list(read_ahead(counted(20, taken, closed))) == list(range(20))
    assert closed == [taken[0][1]]
    assert closed[0] != threading.get_ident()
    assert list(read_ahead(counted(0, [], []))) == []


def test_so_many_are_ready_before_they_are_asked_for_and_no_more():
    taken, closed = [], []
    items = read_ahead(counted(20, taken, closed), most=3)
    assert next(items) == 0
    for _ in range(200):
        if len(taken) == 5:  # one given, three waiting, one in hand
            break
        time.sleep(0.01)
    time.sleep(0.05)
    assert len(taken) == 5
    items.close()
    assert len(closed) == 1
    assert len(taken) == 5


def test_nothing_is_taken_for_who_asks_for_nothing():
    taken = []
    read_ahead(counted(20, taken, []))
    time.sleep(0.05)
    assert taken == []


def test_an_error_comes_after_what_was_read_before_it():
    def broken():
        yield 1
        yield 2
        raise ValueError("damaged")

    items = read_ahead(broken())
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(ValueError, match="damaged"):
        next(items)


def read_all(seat, most, found, name):
    """Take items until there are no more, or so many."""
    items = seat.read()
    found[name] = list(itertools.islice(items, most))
    items.close()


def in_threads(*calls):
    threads = [threading.Thread(target=call, args=given) for call, *given in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert not any(thread.is_alive() for thread in threads)


def test_several_readers_are_given_the_same_in_one_pass():
    taken, closed, found = [], [], {}
    first, second, third = OnePass(lambda: counted(50, taken, closed), 3).seats
    in_threads(
        (read_all, first, None, found, "all"),
        (read_all, second, 7, found, "few"),
        (third.leave,),
    )
    assert found == {"all": list(range(50)), "few": list(range(7))}
    assert [item for item, _ in taken] == list(range(50))
    assert len(closed) == 1


def test_the_pass_ends_early_when_nobody_wants_more():
    taken, closed, found = [], [], {}
    seats = OnePass(lambda: counted(1000, taken, closed), 2).seats
    in_threads(*((read_all, seat, 3, found, number) for number, seat in enumerate(seats)))
    assert found == {0: [0, 1, 2], 1: [0, 1, 2]}
    assert len(taken) < 20
    assert len(closed) == 1


def test_nothing_is_opened_if_all_leave():
    def open_source():
        raise AssertionError("nobody reads")

    for seat in OnePass(open_source, 2).seats:
        seat.leave()
        seat.leave()


def test_every_reader_is_told_of_an_error():
    def broken():
        yield 1
        raise ValueError("damaged")

    told = []

    def read(seat):
        with pytest.raises(ValueError, match="damaged"):
            list(seat.read())
        told.append(1)

    in_threads(*((read, seat) for seat in OnePass(broken, 2).seats))
    assert told == [1, 1]


def test_one_reader_that_fails_does_not_stop_the_others():
    found = {}

    def fail(seat):
        with closing(seat.read()) as items:
            next(items)
        found["failed"] = True

    first, second = OnePass(lambda: counted(30, [], []), 2).seats
    in_threads((fail, first), (read_all, second, None, found, "other"))
    assert found == {"failed": True, "other": list(range(30))}


def test_nobody_waits_for_a_reader_that_left_with_its_items_in_hand():
    found, kept = {}, []

    def fail(seat):
        items = seat.read()
        kept.append(items)  # as a traceback does
        next(items)
        seat.leave()

    first, second = OnePass(lambda: counted(30, [], []), 2).seats
    in_threads((fail, first), (read_all, second, None, found, "other"))
    assert found == {"other": list(range(30))}


def test_a_pass_that_is_stopped_tells_its_readers():
    one_pass = OnePass(lambda: iter_slowly(1000), 2)
    told = []

    def read(seat):
        with pytest.raises(InterruptedError, match="before the end"):
            list(seat.read())
        told.append(1)

    in_threads(*((read, seat) for seat in one_pass.seats), (one_pass.stop,))
    assert told == [1, 1]


def iter_slowly(count):
    for item in range(count):
        time.sleep(0.005)
        yield item
