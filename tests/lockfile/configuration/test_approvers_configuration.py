"""`[[approver]]`: whose keys may approve, and which approvers no project can have."""

import pytest

from holdfast.configuration.configuration import Configuration
from holdfast.configuration.read import read_configuration
from holdfast.configuration.trust_keys import key_id, key_text, raw_key
from holdfast.errors import ConfigurationError
from holdfast.model.security import Approver
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.signing import FileSigner

KEYS = [FileSigner.from_seed(bytes([number]) * 32).public for number in range(1, 5)]
COMMIT = 40 * "a"


def reading(text: str) -> Configuration:
    return read_configuration({"holdfast.toml": text.encode()}.get)


def refused(text: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        reading(text)
    return caught.value


def entry(more: str = "", name: str = "ann", key: str | PublicKey = KEYS[0]) -> str:
    return f'[[approver]]\nname = "{name}"\nkey = "{key if isinstance(key, str) else key.text}"\n{more}\n'


def test_an_approver_is_read_whole() -> None:
    """Name, key, role and e-mails arrive with the key's id and the line; a comment behind the key is no part of it."""
    found = reading(
        entry('role = "security"\nemails = ["ann@acme.example", "a@home.example", "ann@acme.example"]')
        + entry("revoked = 2026-11-21\ncause = 'retired'", "bob", KEYS[1].text + " bob@laptop")
        + entry(f"revoked = '2026-11-21T01:00:00Z'\ncause = 'compromised'\nheld-by = '{COMMIT}'", "eve", KEYS[2])
    )
    emails = ("ann@acme.example", "a@home.example")
    assert found.approvers == (
        Approver("ann", KEYS[0].text, KEYS[0].id, "security", emails, line=1),
        Approver("bob", KEYS[1].text, KEYS[1].id, "", (), "2026-11-21T00:00:00Z", "retired", line=6),
        Approver("eve", KEYS[2].text, KEYS[2].id, "", (), "2026-11-21T01:00:00Z", "compromised", COMMIT, line=11),
    )
    assert found.unread == ()


def test_nobody_approves_where_the_configuration_is_silent() -> None:
    """Without `[[approver]]` there are no approvers, and a threshold above them is not refused yet."""
    found = reading("[policy]\nthreshold = 2\nrole = 'security'\nindependent = true")
    assert (found.approvers, found.policy.threshold) == ((), 2)


SMALL = [bytes([1]) + bytes(31), bytes(32), bytes([0xEC]) + 30 * b"\xff" + b"\x7f", bytes([1]) + bytes(30) + b"\x80"]
SPELLED_TWICE = bytes([0xEE]) + 30 * b"\xff" + b"\x7f"  # y = p + 1, which is the point of y = 1
OFF_CURVE = bytes([2]) + bytes(31)


@pytest.mark.parametrize("raw", [*SMALL, SPELLED_TWICE, OFF_CURVE], ids=bytes.hex)
def test_a_key_that_binds_nobody_is_refused(raw: bytes) -> None:
    """A point of small order, a second spelling of a point and what is no point are refused, at the key's line."""
    error = refused(entry(key=key_text(raw)))
    assert (error.where, error.line) == ("approver[0].key", 3)
    assert key_id(raw) in error.found


def test_the_keys_of_this_test_are_keys() -> None:
    """The table above is refused for what the points are, not for how they are written."""
    assert all(raw_key(key_text(raw)) == raw for raw in [*SMALL, SPELLED_TWICE, OFF_CURVE])


@pytest.mark.parametrize(
    ("text", "where", "expected", "found"),
    [
        ("approver = 3", "approver", "an array", "an integer"),
        ("approver = ['ann']", "approver[0]", "a table", "a string"),
        ("[[approver]]\nname = 'ann'", "approver[0]", "key: an Ed25519 public key", "no key"),
        (f"[[approver]]\nkey = '{KEYS[0].text}'", "approver[0]", "name: what the approver is called", "no name"),
        (entry(key="ssh-rsa AAAA"), "approver[0].key", "an Ed25519 public key", "ssh-rsa AAAA"),
        (entry(key=KEYS[0].id), "approver[0].key", "an Ed25519 public key", KEYS[0].id),
        (entry(key=KEYS[0].text + "="), "approver[0].key", "an Ed25519 public key", "="),
        (entry(name=KEYS[0].id), "approver[0].name", "cannot be taken for a key's id", "ed25519:"),
        (entry(name=" ann"), "approver[0].name", "without blanks around it", " ann"),
        (entry(name=""), "approver[0].name", "what the approver is called", "an empty string"),
        (entry(name="a\\u202eb"), "approver[0].name", "printable", "invisible"),
        (entry() + entry(name="bob"), "approver[1].key", "that no other approver has; ann has it", KEYS[0].id),
        (entry() + entry(key=KEYS[1]), "approver[1].name", "each name once", "ann"),
        (
            entry("revoked = 2026-01-01\ncause = 'compromised'") + entry(name="bob"),
            "approver[1].key",
            "that no other approver has",
            KEYS[0].id,
        ),
        (entry("roles = 'x'"), "approver[0].roles", "role", "an unknown key"),
        (entry("email = ['a@b']"), "approver[0].email", "emails", "an unknown key"),
        (entry("held_by = 'x'"), "approver[0].held_by", "held-by", "an unknown key"),
        (entry("role = ''"), "approver[0].role", "a role such as", "an empty string"),
        (entry("role = 'a '"), "approver[0].role", "a role such as", "a "),
        (entry("emails = 'a@b'"), "approver[0].emails", "an array", "a string"),
        (entry("emails = ['ann']"), "approver[0].emails[0]", "an e-mail address", "ann"),
        (entry("emails = ['a@b', '@']"), "approver[0].emails[1]", "an e-mail address", "@"),
        (entry("revoked = 'soon'\ncause = 'retired'"), "approver[0].revoked", "a date such as", "soon"),
        (entry("revoked = 2026-01-01"), "approver[0]", 'cause: "retired"', "no cause"),
        (entry("revoked = 2026-01-01\ncause = 'lost'"), "approver[0].cause", "one of retired, compromised", "lost"),
        (entry("cause = 'retired'"), "approver[0].cause", "beside revoked", "no revoked"),
        (entry("cause = 'compromised'"), "approver[0].cause", "beside revoked", "no revoked"),
        (entry(f"held-by = '{COMMIT}'"), "approver[0].held-by", "compromised", "no such cause"),
        (
            entry(f"revoked = 2026-01-01\ncause = 'retired'\nheld-by = '{COMMIT}'"),
            "approver[0].held-by",
            "compromised",
            "no such cause",
        ),
    ],
)
def test_a_bad_approver_is_refused_with_its_place(text: str, where: str, expected: str, found: str) -> None:
    """Each fault names the key path, what was expected and what was found."""
    error = refused(text)
    assert (error.where, expected in error.expected, found in error.found) == (where, True, True), error


@pytest.mark.parametrize("commit", ["", "HEAD", 39 * "a", 41 * "a", 64 * "A", 63 * "a", 40 * "g"])
def test_what_an_approver_held_is_named_by_a_full_commit(commit: str) -> None:
    """A branch or a short id could come to mean something else, so only a full id is taken."""
    error = refused(entry(f"revoked = 2026-01-01\ncause = 'compromised'\nheld-by = '{commit}'"))
    assert (error.where, error.hint) == ("approver[0].held-by", "git rev-parse HEAD")


PEOPLE = entry() + entry(name="bob", key=KEYS[1])
GONE = entry("revoked = 2026-01-01\ncause = 'retired'\nrole = 'security'", "eve", KEYS[2])
ROBOT = entry("role = 'rule'", "ci", KEYS[3])
INDEPENDENT = "[policy]\nindependent = true\n" + entry("emails = ['a@b']") + ROBOT
RULE = "[policy]\n[[policy.rule]]\npackage = '*'\nreason = 'x'\n"


@pytest.mark.parametrize(
    ("text", "where", "expected", "found"),
    [
        ("[policy]\nthreshold = 3\n" + PEOPLE, "policy.threshold", "at most 2", "3"),
        ("[policy]\nthreshold = 3\n" + PEOPLE + GONE + ROBOT, "policy.threshold", "at most 2", "3"),
        (RULE + "threshold = 3\n" + PEOPLE + GONE, "policy.rule[0].threshold", "at most 2", "3"),
        ("[policy]\nrole = 'security'\n" + PEOPLE + GONE, "policy.role", "a role that an approver has", "security"),
        (RULE + "role = 'security'\n" + PEOPLE, "policy.rule[0].role", "a role that an approver has", "security"),
        (GONE, "approver", "an approver who is a person and not revoked", "none"),
        (ROBOT, "approver", "an approver who is a person and not revoked", "none"),
        (INDEPENDENT + entry("", "bob", KEYS[1]), "approver[2]", "emails", "no emails"),
    ],
)
def test_a_policy_that_nobody_could_fulfil_is_refused(text: str, where: str, expected: str, found: str) -> None:
    """A threshold above the people, a role that nobody has, independence of somebody unknown to git."""
    error = refused(text)
    assert (error.where, expected in error.expected, found in error.found) == (where, True, True), error


def test_what_the_approvers_can_fulfil_is_taken() -> None:
    """Robots and revoked approvers need no e-mails, and a threshold may be the number of people."""
    people = entry("emails = ['a@b']\nrole = 'security'") + entry("emails = ['b@b']", "bob", KEYS[1])
    found = reading("[policy]\nthreshold = 2\nrole = 'security'\nindependent = true\n" + people + GONE + ROBOT)
    assert [one.name for one in found.approvers] == ["ann", "bob", "eve", "ci"]
