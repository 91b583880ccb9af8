"""Publishing: submissions are judged one by one, and those admitted become releases in one new state.

A refused submission changes nothing for the others. Ports and time come in with the desk.
"""

from collections.abc import Iterable
from typing import NamedTuple

from holdfast.errors import HoldfastError
from holdfast.publish.registry.admit import Admission, Rules, Submission, admit, open_submission
from holdfast.publish.registry.change import Change
from holdfast.publish.registry.desk import Desk
from holdfast.publish.registry.documents import add_releases, write_index
from holdfast.publish.registry.errors import NameSimilar
from holdfast.publish.registry.inbox import open_waiting, take_out, waiting
from holdfast.publish.registry.layout import index_target
from holdfast.publish.registry.look_alikes import Names
from holdfast.trust.signing import Signer
from holdfast_resolver.errors import ResolverError
from holdfast_resolver.values.modules import ModuleListing

Refused = HoldfastError | ResolverError


class Options(NamedTuple):
    """How to judge: `cosign` lets the registry's own key vouch for what is admitted, by `report` if there is one."""

    cosign: bool = False
    report: bytes = b""
    allow_similar: bool = False


class Published(NamedTuple):
    """What became of submissions, in their order. `written`: documents and metadata, with their sizes."""

    admitted: tuple[tuple[str, Admission], ...]
    refused: tuple[tuple[str, Refused], ...]
    written: dict[str, int]


def publish_inbox(desk: Desk, inbox: str, options: Options) -> Published:
    """Publish what waits in the inbox; what was admitted leaves it when the registry has it.

    Raises what `publish` raises.
    """
    opened: dict[str, Refused] = {}

    def submissions() -> Iterable[Submission]:
        for name in waiting(inbox):
            try:
                yield open_waiting(inbox, name)
            except HoldfastError as error:
                if name in waiting(inbox):  # else another process took it out meanwhile: it is published
                    opened[name] = error

    done = publish(desk, submissions(), options)
    for label, _ in done.admitted:
        take_out(inbox, label)
    return done._replace(refused=tuple(sorted([*done.refused, *opened.items()], key=lambda row: row[0])))


def publish(desk: Desk, submissions: Iterable[Submission], options: Options) -> Published:
    """Admit submissions and write the state that has them.

    A release that is there already with the same bytes is admitted, and changes nothing. Raises `RegistryAbsent`,
    `RegistryDamaged`, `SigningKeyMissing`, `FileProblem`; then nothing is published.
    """
    with desk.change() as change:
        counter = _Counter(change, desk, options)
        admitted: list[tuple[str, Admission]] = []
        refused: list[tuple[str, Refused]] = []
        for submission in submissions:
            try:
                admission = counter.judge(submission)
            except (HoldfastError, ResolverError) as error:
                refused.append((submission.label, error))
                continue
            counter.take(admission)
            admitted.append((submission.label, admission._replace(archive=b"", report=b"")))
        for name, listing in counter.changed.items():
            change.put(index_target(name), write_index(listing))
        written = {} if change.is_empty else change.commit(desk.keys)
    return Published(tuple(admitted), tuple(refused), written)


class _Counter:
    """Where submissions are judged, each in the light of those before it."""

    def __init__(self, change: Change, desk: Desk, options: Options) -> None:
        self._change = change
        self._now = desk.now
        by = change.state.publishers()
        cosigner = _cosigner(change, desk) if options.cosign else None
        self._rules = Rules(by, change.state.revocations(), cosigner, options.report)
        self._allow_similar = options.allow_similar
        self._names: Names | None = None
        self._known: dict[str, ModuleListing | None] = {}
        self.changed: dict[str, ModuleListing] = {}

    def judge(self, submission: Submission) -> Admission:
        packed = open_submission(submission)
        name = packed.manifest.name
        if name not in self._known:
            self._known[name] = self._change.state.listing(name)
        admission = admit(submission, self._known[name], self._rules, self._now, packed)
        if self._known[name] is None and not self._allow_similar:
            similar = self._taken().similar(name)
            if similar:
                raise NameSimilar(name, similar)
        return admission

    def take(self, admission: Admission) -> None:
        if not admission.is_new:
            return
        self._change.put_blob(admission.archive)
        if admission.report:
            self._change.put_blob(admission.report)
        listing = add_releases(self._known[admission.name], admission.name, [admission.release])
        self._known[admission.name] = self.changed[admission.name] = listing
        if self._names is not None:
            self._names.add(admission.name)

    def _taken(self) -> Names:
        if self._names is None:
            self._names = Names([*self._change.state.module_names(), *self.changed])
        return self._names


def _cosigner(change: Change, desk: Desk) -> Signer:
    keys = [one.key for one in change.state.publishers().registry if not one.until or desk.now < one.until]
    return desk.keys.at_least("registry co-signatures", keys, 1)[0]
