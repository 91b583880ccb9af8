"""The canonical order of a lock's tuples. Knows no TOML: `write` and both readers go by it.

Packages by (source, name, version), instances as well and by number, inputs by (path, kind as in the table, name), the
rest by text. Requirements of npm get the stored spelling of their range. How signers are referred to is settled by
`model.signer_references`.
"""

from holdfast.format.fields import INPUT_KINDS
from holdfast.format.shapes import edge_text
from holdfast.model.lock import MARK, Input, Instance, Lock, LockedSource, ModuleFacts, Pin, PinnedArtifact, Signer
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.versions.schemes import scheme_of


def canonical(lock: Lock) -> Lock:
    """Return the same lock in canonical order, its signers' references settled: what `read(write(lock))` gives back."""
    if any(MARK in signer.id for signer in lock.signers):
        from holdfast.model.signer_references import settled  # start-up: only where an identity has several records

        lock = settled(lock._replace(signers=tuple([_signer(item) for item in lock.signers])))
    scope = lock.scope._replace(
        targets=tuple(sorted(lock.scope.targets, key=str)), unknown=tuple(sorted(lock.scope.unknown))
    )
    return Lock(
        format=lock.format,
        features=tuple(sorted(lock.features)),
        scope=scope,
        sources=tuple(
            sorted([item._replace(unknown=tuple(sorted(item.unknown))) for item in lock.sources], key=source_key)
        ),
        inputs=tuple(sorted([_input(item) for item in lock.inputs], key=input_key)),
        signers=tuple(sorted([_signer(item) for item in lock.signers], key=signer_key)),
        packages=tuple(sorted([_package(item) for item in lock.packages], key=package_key)),
        unknown=tuple(sorted(lock.unknown)),
        instances=_instances(lock.instances),
    )


def source_key(source: LockedSource) -> str:
    return source.name


def input_key(part: Input) -> tuple[str, int, str]:
    return part.path, INPUT_KINDS.index(part.kind), part.name


def signer_key(signer: Signer) -> str:
    return signer.id


def package_key(pin: Pin) -> tuple[str, str, str]:
    return pin.source, pin.name, scheme_of("@" if pin.npm is not None else pin.name).key(pin.version)


def instance_key(instance: Instance) -> tuple[str, str, str, int]:
    return instance.source, instance.name, scheme_of("@").key(instance.version), instance.number


def _instances(instances: tuple[Instance, ...]) -> tuple[Instance, ...]:
    if not instances:
        return ()
    from holdfast.format.npm_order import npm_instance  # start-up: only where there is npm

    return tuple(sorted([npm_instance(item) for item in instances], key=instance_key))


def _input(part: Input) -> Input:
    requires = part.requires
    if any(type(entry) is not Requirement for entry in requires):
        from holdfast.format.npm_order import spelled  # start-up: only where there is npm

        requires = tuple([spelled(entry) for entry in requires])
    return part._replace(requires=tuple(sorted(requires, key=str)), unknown=tuple(sorted(part.unknown)))


def _signer(signer: Signer) -> Signer:
    return signer._replace(attributes=tuple(sorted(signer.attributes)), unknown=tuple(sorted(signer.unknown)))


def _package(pin: Pin) -> Pin:
    signers = tuple(sorted(pin.signers))
    if pin.npm is not None:
        from holdfast.format.npm_order import npm_pin  # start-up: only where there is npm

        pin = npm_pin(pin)
    return pin._replace(
        artifacts=tuple(sorted([_artifact(one, signers) for one in pin.artifacts], key=_artifact_key)),
        signers=signers,
        dependencies=tuple(sorted(pin.dependencies, key=edge_text)),
        unknown=tuple(sorted(pin.unknown)),
        module=None if pin.module is None else _module(pin.module),
    )


def _artifact(artifact: PinnedArtifact, signers: tuple[str, ...]) -> PinnedArtifact:
    """An artifact says who signed it only where that is not just the pin's signers."""
    if artifact.signers is None:
        return artifact
    own = tuple(sorted(artifact.signers))
    return artifact._replace(signers=None if own == signers else own)


def _artifact_key(artifact: PinnedArtifact) -> tuple[str, str]:
    return artifact.file, artifact.hash


def _module(facts: ModuleFacts) -> ModuleFacts:
    return facts._replace(permissions=tuple(sorted(facts.permissions)), vetted=tuple(sorted(facts.vetted)))
