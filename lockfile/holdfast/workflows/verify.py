"""Verify: every pinned file is had, and its bytes are hashed.

Law 1: a file is taken only from a URL whose listing names the pinned hash, or none that could contradict it.
Law 2: what is stored already is hashed again, never believed.
Law 3: what could not be checked is said, and is never counted as verified.

Never prints; threads, store and network are behind the ports that come in.
"""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeAlias

from holdfast.findings.finding import Finding
from holdfast.model.graph import LockGraph
from holdfast.model.lock import Lock, Pin, PinnedArtifact
from holdfast.model.words import is_named
from holdfast.workflows.locate import Offers, source_named
from holdfast.workflows.locate import offers as read_offers
from holdfast.workflows.market import Market
from holdfast.workflows.verify_findings import Unchecked, artifact_finding
from holdfast.workflows.wheel_facts import Comparison, Difference, finding_of
from holdfast_resolver.errors import PackageNotFound, RegistryError
from holdfast_resolver.fetch.store import ArtifactStore, DigestMismatch, Stored
from holdfast_resolver.fetch.stored_wheel import stored_metadata
from holdfast_resolver.fetch.transport import Transport
from holdfast_resolver.registries.port import MIB, Request
from holdfast_resolver.values.tuples import NamedTuple
from holdfast_resolver.values.wishes import Source
from holdfast_resolver.versions.grid import Grid

MAX_BYTES = 2048 * MIB  # of one artifact
THREADS = 16

# Told after every file: (files done, files in all, bytes hashed so far).
Tell: TypeAlias = Callable[[int, int, int], None]


class Vault(NamedTuple):
    """Where bytes are kept and come from. `connect` is None offline."""

    store: ArtifactStore
    connect: Callable[[], Transport] | None


class Verified(NamedTuple):
    """What came of it. `artifacts` were hashed and are as pinned, `size` is theirs in bytes."""

    findings: tuple[Finding, ...]
    artifacts: int
    packages: int
    size: int
    fetched: int  # of `artifacts`: those that were not in the store
    unchecked: tuple[Unchecked, ...]  # said by nobody yet: `verify_findings` makes findings of them
    signed: int = 0  # files whose signers were verified anew and are as pinned
    unsure: int = 0  # files whose signers could not be verified anew


class Job(NamedTuple):
    """What is to be done for one file."""

    place: int  # of the pin in the lock
    source: Source
    artifact: PinnedArtifact
    url: str  # "" = only what is stored counts
    reason: str  # why there is no URL
    most: int = MAX_BYTES


class Done(NamedTuple):
    """What came of a job."""

    job: Job
    stored: Stored | None = None
    finding: Finding | None = None
    unchecked: str = ""
    difference: Difference | None = None


def verify(
    lock: Lock, names: frozenset[str], market: Market, vault: Vault, declared: frozenset[str], tell: Tell
) -> Verified:
    """Verify the pins of the named packages, or all.

    `declared` are packages whose metadata the user declares. Raises `Undecided` for a source that is not
    configured, `CacheUnwritable`, and the `RegistryError` of the first listing when none could be had.
    """
    pins = [(place, pin) for place, pin in enumerate(lock.packages) if not names or is_named(pin, names)]
    sources = {source.name: source for source in market.sources}
    found: list[Finding] = []
    offered = None
    if vault.connect is not None:
        offered = read_offers(market, [pin for _, pin in pins])
        if pins and len(offered.failed) == len({(pin.source, pin.name) for _, pin in pins}):
            raise next(iter(offered.failed.values()))
    jobs: list[Job] = []
    for place, pin in pins:
        source = source_named(sources, pin.source)
        for artifact in pin.artifacts:
            job = _job(place, pin, source, artifact, offered)
            if isinstance(job, Finding):
                found.append(job)
            else:
                jobs.append(job)
    comparison = Comparison(LockGraph(lock, Grid(lock.scope.targets, lock.scope.requires_python)), declared)
    outcome = summed(lock, do_all(lock, jobs, vault, comparison, tell), found)
    return _with_signers(outcome, lock, [pin for _, pin in pins], market, offered)


def _with_signers(outcome: Verified, lock: Lock, pins: list[Pin], market: Market, offered: Offers | None) -> Verified:
    """The outcome with what the evidence of the pins says today; offline, with what the cache has of it."""
    if market.evidence is None or not (lock.signers or offered is not None):
        return outcome
    from holdfast.workflows.verify_evidence import verify_signers, wants_evidence  # start-up: only to verify signers

    if not wants_evidence(pins, offered):
        return outcome
    signers = verify_signers(lock, pins, offered or read_offers(market, pins), market.evidence())
    return outcome._replace(findings=outcome.findings + signers.findings, signed=signers.files, unsure=signers.unsure)


def _job(place: int, pin: Pin, source: Source, artifact: PinnedArtifact, offered: Offers | None) -> Job | Finding:
    """What is to be done for one file, or what the listing alone says of it."""
    if offered is None:
        return Job(place, source, artifact, "", "offline, and the store does not have it")
    error = offered.failed.get((pin.source, pin.name))
    if error is not None:
        return Job(place, source, artifact, "", f"the listing of {pin.name} could not be read: {_words(error)}")
    listed = offered.files[pin.source, pin.name, pin.version].get(artifact.file)
    if listed is None:
        return artifact_finding("artifact-missing", pin, artifact, f"no such file in the listing of {pin.name}")
    same_kind = listed.hash.partition(":")[0] == artifact.hash.partition(":")[0]
    if same_kind and listed.hash != artifact.hash:
        return artifact_finding("artifact-changed", pin, artifact, f"{listed.hash} in the listing of {pin.name}")
    return Job(place, source, artifact, listed.url, "")


def do_all(lock: Lock, jobs: list[Job], vault: Vault, comparison: Comparison | None, tell: Tell) -> list[Done]:
    """Do all jobs in threads; their order in the answer is that of the jobs. Wheels are compared by `comparison`."""
    transport = vault.connect() if vault.connect is not None and jobs else None
    waiting: SimpleQueue[int] = SimpleQueue()
    answers: SimpleQueue[tuple[int, Done | BaseException]] = SimpleQueue()
    for number in range(len(jobs)):
        waiting.put(number)

    def work() -> None:
        while True:
            try:
                number = waiting.get_nowait()
            except Empty:
                return
            try:
                answer: Done | BaseException = _do(lock, jobs[number], vault.store, transport, comparison)
            except BaseException as error:  # noqa: BLE001  # handed to the thread that waits
                answer = error
            answers.put((number, answer))

    for _ in range(min(THREADS, len(jobs))):
        threading.Thread(target=work, daemon=True).start()
    done: dict[int, Done] = {}
    size = 0
    while len(done) < len(jobs):
        try:
            number, answer = answers.get(timeout=0.5)  # woken now and then, so that Ctrl-C is heard
        except Empty:
            continue
        if isinstance(answer, BaseException):
            while not waiting.empty():  # a full disk is full for all
                try:
                    waiting.get_nowait()
                except Empty:
                    break
            raise answer
        done[number] = answer
        size += answer.stored.size if answer.stored else 0
        tell(len(done), len(jobs), size)
    return [done[number] for number in range(len(jobs))]


def _do(lock: Lock, job: Job, store: ArtifactStore, transport: Transport | None, comparison: Comparison | None) -> Done:
    pin = lock.packages[job.place]
    stored: Stored | DigestMismatch | None
    if job.url and transport is not None:
        request = Request(job.source.name, job.artifact.file, job.url, max_bytes=job.most)
        try:
            stored = store.fetch_artifact(transport, request, job.artifact.hash)
        except PackageNotFound:
            found = "listed, but the index answers 404 (not found) for it"
            return Done(job, finding=artifact_finding("artifact-missing", pin, job.artifact, found))
        except RegistryError as error:
            return Done(job, unchecked=_words(error))
    else:
        stored = store.verify(job.artifact.hash)
    if stored is None:
        return Done(job, unchecked=job.reason)
    if isinstance(stored, DigestMismatch):
        found = f"{stored.found} ({stored.size} bytes)"
        return Done(job, finding=artifact_finding("artifact-changed", pin, job.artifact, found))
    difference = None
    if comparison is not None and job.artifact.file.endswith(".whl"):
        difference = _compared(pin, job, stored, comparison)
    return Done(job, stored, difference=difference)


def _compared(pin: Pin, job: Job, stored: Stored, comparison: Comparison) -> Difference | None:
    try:
        metadata = stored_metadata(stored.path, job.source, pin.name, job.artifact.file)
    except RegistryError as error:
        return Difference("a wheel whose METADATA can be read", error.detail)
    except OSError as error:
        return Difference("a wheel whose METADATA can be read", error.strerror or type(error).__name__)
    return comparison.compare(job.place, job.artifact.file, metadata)


def summed(lock: Lock, done: list[Done], found: list[Finding]) -> Verified:
    """Return what came of jobs, with what was `found` before."""
    findings = [*found, *[one.finding for one in done if one.finding is not None]]
    differing: dict[tuple[int, Difference], list[str]] = {}
    missed: dict[tuple[int, str], list[str]] = {}
    good = [one for one in done if one.stored is not None]
    for one in done:
        if one.difference is not None:
            differing.setdefault((one.job.place, one.difference), []).append(one.job.artifact.file)
        if one.unchecked:
            missed.setdefault((one.job.place, one.unchecked), []).append(one.job.artifact.file)
    findings += [finding_of(lock.packages[place], how, files) for (place, how), files in differing.items()]
    unchecked = [Unchecked(lock.packages[place], reason, tuple(files)) for (place, reason), files in missed.items()]
    return Verified(
        tuple(findings),
        len(good),
        len({one.job.place for one in good}),
        sum(one.stored.size for one in good if one.stored),
        sum(one.stored.fetched for one in good if one.stored),
        tuple(unchecked),
    )


def _words(error: RegistryError) -> str:
    return f"{error.source}: {error.detail}" if error.detail else f"{error.source} gave no answer"
