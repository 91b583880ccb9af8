"""What the refusals of keeping a registry say: a sentence and the next thing to do, one row per class."""

from holdfast.publish.registry.errors import (
    NameSimilar,
    NameUnclaimed,
    RegistryAbsent,
    RegistryDamaged,
    RegistryPresent,
    RegistryProblem,
    ReleaseUnknown,
    ReportUnbound,
    SigningKeyMissing,
    SubmissionRefused,
    VersionTaken,
)

# class -> (sentence, hint); templates name the fields of the error
ROWS: dict[type[RegistryProblem], tuple[str, str]] = {
    RegistryAbsent: ("there is no module registry in {folder}", "`holdfast registry init DIR --name NAME` makes one"),
    RegistryPresent: ("a new registry needs an empty folder, and {folder} holds something", "name another folder"),
    RegistryDamaged: (
        "{document} is not what the registry's keys signed: {reason}",
        "`holdfast registry check DIR` shows everything that is wrong; restore the folder from a copy",
    ),
    SigningKeyMissing: (
        "{role} needs {needed} of its keys to sign, and {found} are at hand; it may be signed by {keys}",
        "name the folder of its keys with --keys DIR, or add the key to the ssh-agent",
    ),
    NameUnclaimed: (
        "no publisher of this registry may publish {name}",
        "`holdfast registry publishers DIR add` registers one with a scope that claims it",
    ),
    NameSimilar: (
        "{name} looks like {similar}, which is there",
        "if both are meant, publish with --allow-similar",
    ),
    VersionTaken: (
        "{name} {version} is there with other bytes ({there}, offered {offered}), and a release never changes",
        "publish the new bytes under a new version",
    ),
    ReleaseUnknown: ("the registry has no release {version} of {name}; it has {known}", "check name and version"),
    SubmissionRefused: (
        "the submission {submission} cannot be looked at: {reason}",
        "let the publisher submit it anew",
    ),
    ReportUnbound: (
        "a report came with {subject} ({report}), and no co-signature that counts binds it",
        "publish with --cosign, or let a co-signer of this registry sign with --report",
    ),
}


def sentence_of(error: BaseException) -> str:
    """Return what such a refusal says, "" for any other error."""
    row = next((ROWS[kind] for kind in type(error).__mro__ if kind in ROWS), None)
    return row[0].format_map(_fields(error)) if row else ""


def hint_of(error: BaseException) -> str:
    """Return the next thing to do about such a refusal, "" for any other error."""
    row = next((ROWS[kind] for kind in type(error).__mro__ if kind in ROWS), None)
    return row[1] if row else ""


def _fields(error: BaseException) -> dict[str, object]:
    return {
        name: (", ".join(map(str, value)) or "none") if isinstance(value, tuple) else value
        for name, value in vars(error).items()
    }
