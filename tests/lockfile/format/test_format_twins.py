"""The laws that bind writer, fast reader and plain reader together."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.errors import LockFormatError
from holdfast.format.order import canonical
from holdfast.format.read import read, read_canonical
from holdfast.format.read_plain import read_plain
from holdfast.format.write import write
from holdfast.model.lock import Lock
from tests.lockfile.format.lock_worlds import locks, sample

SWAPS = (
    '"',
    "\\",
    "\n",
    " ",
    ",",
    "=",
    "0",
    "a",
    "A",
    "]",
    "[",
    "#",
    "\t",
    "\r\n",
    "é",
    "\u202e",
    "-",
    ">",
    "'",
    "[[",
    "\n\n",
)


def judged(text: str, plain: bool) -> Lock | str:
    """The lock that a reader gives, or its refusal."""
    try:
        return read_plain(text, "holdfast.lock") if plain else read(text)
    except LockFormatError as error:
        return str(error)


@given(locks())
@settings(max_examples=150, deadline=None)
def test_both_readers_give_back_what_was_written(lock: Lock) -> None:
    """`read(write(lock)) == lock` in canonical order, by both readers, and the text is a fixed point."""
    text = write(lock)
    assert read(text) == canonical(lock)
    assert read_plain(text, "x") == canonical(lock)
    assert write(read(text)) == text
    assert read(text.replace("\n", "\r\n")) == canonical(lock)


@given(locks(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_tuples_never_changes_a_byte(lock: Lock, random) -> None:  # type: ignore[no-untyped-def]
    """The same facts in another order give the same bytes."""

    def shuffled(items: tuple) -> tuple:  # type: ignore[type-arg]
        return tuple(random.sample(items, len(items)))

    other = lock._replace(
        scope=lock.scope._replace(targets=shuffled(lock.scope.targets)),
        sources=shuffled(lock.sources),
        inputs=shuffled(tuple([part._replace(requires=shuffled(part.requires)) for part in lock.inputs])),
        signers=shuffled(lock.signers),
        packages=shuffled(
            tuple(
                [
                    pin._replace(artifacts=shuffled(pin.artifacts), dependencies=shuffled(pin.dependencies))
                    for pin in lock.packages
                ]
            )
        ),
    )
    assert write(other) == write(lock)


def test_the_fast_reader_takes_what_the_writer_makes() -> None:
    """The fast path is really taken: otherwise the twins would agree for nothing."""
    assert read_canonical(write(sample())) == sample()


def _mutated(draw: st.DrawFn, text: str) -> str:
    kind = draw(st.sampled_from(["drop", "double", "swap lines", "character", "cut", "copy value"]))
    lines = text.split("\n")
    index = draw(st.integers(0, len(lines) - 1))
    other = draw(st.integers(0, len(lines) - 1))
    if kind == "drop":
        del lines[index]
    elif kind == "double":
        lines.insert(other, lines[index])
    elif kind == "swap lines":
        lines[index], lines[other] = lines[other], lines[index]
    elif kind == "copy value":
        key, equals, _ = lines[index].partition(" = ")
        lines[index] = key + equals + lines[other].rpartition(" = ")[2]
    else:
        place = draw(st.integers(0, len(text)))
        width = draw(st.integers(0, 2 if kind == "character" else 40))
        swap = draw(st.sampled_from(SWAPS)) if kind == "character" else ""
        return text[:place] + swap + text[place + width :]
    return "\n".join(lines)


@given(st.data())
@settings(max_examples=500, deadline=None)
def test_a_mutated_lock_is_judged_alike_by_both_readers(data: st.DataObject) -> None:
    """Random damage gives equal locks or the same refusal, and never another exception."""
    text = write(sample()) if data.draw(st.booleans()) else write(data.draw(locks()))
    for _ in range(data.draw(st.integers(1, 3))):
        text = data.draw(st.composite(_mutated)(text))
    fast = judged(text, plain=False)
    assert fast == judged(text, plain=True)
    if isinstance(fast, Lock):
        assert read(write(fast)) == fast


@given(st.binary(max_size=200))
def test_bytes_that_are_no_lock_are_refused(data: bytes) -> None:
    """Bytes that are no lock are refused with `LockFormatError` and nothing else."""
    with pytest.raises(LockFormatError):
        read(data)
