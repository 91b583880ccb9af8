"""Verify: the signers of every locked module by its registry's current word, and its archive byte for byte.

Law 1: what is refused is told for each module, and the others are verified all the same.
Law 2: what could not be asked is said, and is never counted as verified.

Knows no file and no socket: bytes come in through functions.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from queue import Empty, SimpleQueue
from typing import TypeAlias

from holdfast.configuration.configuration import Configuration
from holdfast.model.lock import Lock, ModuleFacts, Pin
from holdfast.trust.errors import TrustError
from holdfast.workflows.install import Fetch, judge_pins, unpack
from holdfast.workflows.module_market import ModuleMarket
from holdfast.workflows.module_pins import ModulePin, module_pins
from holdfast.workflows.verify_findings import Unchecked
from holdfast_resolver.errors import RegistryError
from holdfast_resolver.values.tuples import NamedTuple

MOST_THREADS = 8  # each has one archive in memory


class Gathered(NamedTuple):
    """What came of having many archives at hand at once."""

    fetched: int  # those that were not in the store
    failed: Mapping[str, TrustError | RegistryError]  # by digest: why one cannot be had


Gather: TypeAlias = Callable[[tuple[Pin, ...]], Gathered]


class VerifiedModules(NamedTuple):
    """What came of it: modules that hold, the size of their archives in bytes, and the rest."""

    modules: int
    size: int
    fetched: int
    refused: tuple[tuple[Pin, TrustError], ...]
    unchecked: tuple[Unchecked, ...]


def verify_modules(
    lock: Lock,
    names: frozenset[str],
    configuration: Configuration,
    market: ModuleMarket,
    gather: Gather,
    fetch: Fetch,
) -> VerifiedModules:
    """Verify the locked modules of these names, or all. Raises `Undecided`, `CacheUnwritable`."""
    pins = module_pins(lock, names)
    judged = judge_pins(lock, pins, configuration, market)
    refused, failed, size = list(judged.refused), list(judged.failed), 0
    held = [(pin, facts) for pin, facts in pins if pin.name in judged.releases]
    fetched, missing = gather(tuple([pin for pin, _ in held]))

    def prove(pin: Pin, facts: ModuleFacts) -> int:
        if pin.artifacts[0].hash in missing:
            raise missing[pin.artifacts[0].hash]
        archive = fetch(pin)
        unpack(pin, facts, judged.releases[pin.name], archive)
        return len(archive)

    for (pin, _), outcome in zip(held, _at_once(prove, held), strict=True):
        if isinstance(outcome, TrustError):
            refused.append((pin, outcome))
        elif isinstance(outcome, RegistryError):
            failed.append((pin, outcome))
        elif isinstance(outcome, int):
            size += outcome
    return VerifiedModules(
        len(pins) - len(refused) - len(failed),
        size,
        fetched,
        tuple(refused),
        tuple([Unchecked(pin, _words(error), (pin.artifacts[0].file,)) for pin, error in failed]),
    )


def _at_once(prove: Callable[[Pin, ModuleFacts], int], pins: Sequence[ModulePin]) -> list[int | BaseException]:
    """Do `prove` for all pins, in a thread for each processor: hashing is most of it, and does not hold the others up.

    What it returned, or raised, is in the order of `pins`. What is no verdict ends it early.
    """
    jobs: SimpleQueue[tuple[int, ModulePin]] = SimpleQueue()
    answers: SimpleQueue[tuple[int, int | BaseException]] = SimpleQueue()
    stop = threading.Event()
    for place, pin in enumerate(pins):
        jobs.put((place, pin))

    def work() -> None:
        while not stop.is_set():
            try:
                place, pin = jobs.get_nowait()
            except Empty:
                return
            try:
                answer: int | BaseException = prove(*pin)
            except BaseException as error:  # noqa: BLE001  # handed to the thread that waits
                answer = error
            answers.put((place, answer))

    for _ in range(min(os.cpu_count() or 1, MOST_THREADS, len(pins))):
        threading.Thread(target=work, daemon=True).start()
    found: dict[int, int | BaseException] = {}
    try:
        while len(found) < len(pins):
            try:
                place, answer = answers.get(timeout=0.5)  # woken now and then, so that Ctrl-C is heard
            except Empty:
                continue
            if isinstance(answer, BaseException) and not isinstance(answer, TrustError | RegistryError):
                raise answer
            found[place] = answer
    finally:
        stop.set()
    return [found[place] for place in range(len(pins))]


def _words(error: RegistryError) -> str:
    return f"{error.source}: {error.detail}" if error.detail else f"{error.source} gave no answer"
