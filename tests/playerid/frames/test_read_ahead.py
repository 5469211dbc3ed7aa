import threading
import time

import pytest

from playerid.frames.read_ahead import read_ahead


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


def test_an_error_comes_after_what_was_read_before_it():
    def broken():
        yield 1
        yield 2
        raise ValueError("damaged")

    items = read_ahead(broken())
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(ValueError, match="damaged"):
        next(items)
