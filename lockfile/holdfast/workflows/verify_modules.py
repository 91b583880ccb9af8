"""Verify: the signers of every locked module by its registry's current word, and its archive byte for byte.

Law 1: what is refused is told for each module, and the others are verified all the same.
Law 2: what could not be asked is said, and is never counted as verified.

Knows no file and no socket: bytes come in through functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from holdfast.configuration.configuration import Configuration
from holdfast.model.lock import Lock, Pin
from holdfast.trust.errors import TrustError
from holdfast.workflows.install import Fetch, judge_pins, unpack
from holdfast.workflows.module_market import ModuleMarket
from holdfast.workflows.module_pins import module_pins
from holdfast.workflows.verify_findings import Unchecked
from holdfast_resolver.errors import RegistryError
from holdfast_resolver.values.tuples import NamedTuple


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
    fetched, missing = gather(tuple([pin for pin, _ in pins if pin.name in judged.releases]))
    for pin, facts in pins:
        if pin.name not in judged.releases:
            continue
        try:
            if pin.artifacts[0].hash in missing:
                raise missing[pin.artifacts[0].hash]
            archive = fetch(pin)
            unpack(pin, facts, judged.releases[pin.name], archive)
        except TrustError as error:
            refused.append((pin, error))
        except RegistryError as error:
            failed.append((pin, error))
        else:
            size += len(archive)
    return VerifiedModules(
        len(pins) - len(refused) - len(failed),
        size,
        fetched,
        tuple(refused),
        tuple([Unchecked(pin, _words(error), (pin.artifacts[0].file,)) for pin, error in failed]),
    )


def _words(error: RegistryError) -> str:
    return f"{error.source}: {error.detail}" if error.detail else f"{error.source} gave no answer"
