"""`[[trust]]`: how the keys that a project believes are read, and how a bad entry is refused."""

from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.configuration.configuration import Configuration, TrustEntry
from holdfast.configuration.instants import parse_second, spelled
from holdfast.configuration.read import read_configuration
from holdfast.configuration.trust_keys import key_id, key_text, raw_key
from holdfast.errors import ConfigurationError

HEAD = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"
RAW, OTHER = bytes(range(32)), bytes(range(32, 64))
KEY = f"ssh-ed25519 {b64encode(HEAD + RAW).decode()}"
OTHER_KEY = f"ssh-ed25519 {b64encode(HEAD + OTHER).decode()}"
ID = f"ed25519:{sha256(RAW).hexdigest()}"


def reading(text: str) -> Configuration:
    return read_configuration({"holdfast.toml": text.encode()}.get)


def entry(more: str = "", key: str = KEY, names: str = '["@acme/*"]') -> str:
    return f'[[trust]]\nkey = "{key}"\nnames = {names}\n{more}\n'


def test_an_entry_is_read_whole() -> None:
    """Key, names, label and end arrive normalised, with the key's id; a comment behind the key is not part of it."""
    found = reading(entry('label = "acme-release"\nuntil = "2027-01-01T02:00:00.9+02:00"', KEY + " ann@acme laptop"))
    assert found.trust == (TrustEntry(KEY, ID, ("@acme/*",), "acme-release", "2027-01-01T00:00:00Z", line=1),)
    assert found.unread == ()


@pytest.mark.parametrize("until", ["2027-01-01", '"2027-01-01"', "2027-01-01T00:00:00Z", '"2027-01-01T01:00:00+01:00"'])
def test_an_end_is_a_date_or_an_instant(until: str) -> None:
    """TOML's own dates and strings alike; a date means its first second in UTC."""
    assert reading(entry(f"until = {until}")).trust[0].until == "2027-01-01T00:00:00Z"


def test_a_revoked_key_is_revoked_in_every_entry() -> None:
    """Another entry that names the key again does not bring it back; the first revocation is the one that counts."""
    found = reading(
        entry(names='["@acme/*"]')
        + entry('revoked = 2026-11-21\nreason = "lost laptop"', names='["@tools/*"]')
        + entry('revoked = 2026-11-22\nreason = "again"', names='["@x/*"]')
        + entry(key=OTHER_KEY)
    )
    assert [(one.revoked, one.reason) for one in found.trust] == [("2026-11-21T00:00:00Z", "lost laptop")] * 3 + [
        ("", "")
    ]


BROKEN = [
    KEY.replace("ssh-ed25519", "ssh-rsa"),
    "ssh-ed25519",
    "ssh-ed25519 ",
    KEY[:-4],
    KEY + "AAAA",
    KEY + "=",
    KEY.replace("ssh-ed25519 ", "ssh-ed25519  "),
    f"ssh-ed25519 {b64encode(HEAD + RAW + b'x').decode()}",
    f"ssh-ed25519 {b64encode(HEAD[:-1] + b'!' + RAW).decode()}",
    f"ssh-ed25519 {b64encode(b'x' * 51).decode()}",
    RAW.hex(),
    ID,
    "ssh-ed25519 ÄÖÜ",
]


@pytest.mark.parametrize("key", BROKEN)
def test_what_is_no_key_is_refused(key: str) -> None:
    """Anything but one line of OpenSSH with an Ed25519 key is refused, whatever else it may be."""
    with pytest.raises(ConfigurationError) as caught:
        reading(entry(key=key))
    assert (caught.value.where, caught.value.line) == ("trust[0].key", 2)
    assert "ssh-ed25519 AAAA" in caught.value.expected


@pytest.mark.parametrize(
    ("text", "where", "line", "expected", "found"),
    [
        ("trust = 3", "trust", 1, "an array", "an integer"),
        ("trust = ['x']", "trust[0]", 1, "a table", "a string"),
        ("[trust]\nkey = 'x'", "trust", 1, "an array", "a table"),
        ("[[trust]]\nnames = ['@a/*']", "trust[0]", 1, "key: an Ed25519 public key", "no key"),
        (f"[[trust]]\nkey = '{KEY}'", "trust[0]", 1, "names", "no names"),
        (entry(names="[]"), "trust[0].names", 3, "names", "an empty array"),
        (entry(names="['acme']"), "trust[0].names[0]", 3, "a module name", "acme"),
        (entry(names="['*']"), "trust[0].names[0]", 3, "a module name", "*"),
        (entry(names="['@*/x']"), "trust[0].names[0]", 3, "a module name", "@*/x"),
        (entry(names="['@a/*', '@a/*']"), "trust[0].names[1]", 3, "once", "@a/*"),
        (entry("until = 'soon'"), "trust[0].until", 4, "a date such as", "soon"),
        (entry("until = 2027-01-01T00:00:00"), "trust[0].until", 4, "offset", "2027-01-01T00:00:00"),
        (entry("until = 7"), "trust[0].until", 4, "a string", "an integer"),
        (entry("revoked = ''"), "trust[0].revoked", 4, "a date such as", ""),
        (entry("revoked = true"), "trust[0].revoked", 4, "a string", "a boolean"),
        (entry("reason = 'x'"), "trust[0].reason", 4, "beside revoked", "no revoked"),
        (entry(f"label = '{ID}'"), "trust[0].label", 4, "taken for an id", ID),
        (entry('label = "a\\u202eb"'), "trust[0].label", 4, "printable", "invisible"),
        (entry("lable = 'x'"), "trust[0].lable", 4, "label", "an unknown key"),
    ],
)
def test_a_bad_entry_is_refused_with_its_place(text: str, where: str, line: int, expected: str, found: str) -> None:
    """Each fault names the key path, the line, what was expected and what was found."""
    with pytest.raises(ConfigurationError) as caught:
        reading(text)
    error = caught.value
    assert (error.where, error.line) == (where, line)
    assert expected in error.expected
    assert found in error.found


@given(st.binary(min_size=32, max_size=32))
def test_a_key_has_one_spelling_and_one_id(raw: bytes) -> None:
    """Writing and reading a key are inverse, and the id is the sha256 of the raw bytes."""
    assert raw_key(key_text(raw)) == raw
    assert raw_key(key_text(raw) + " any comment") == raw
    assert key_id(raw) == f"ed25519:{sha256(raw).hexdigest()}"


@pytest.mark.parametrize(
    ("text", "second", "shown"),
    [
        ("2027-01-01", "2027-01-01T00:00:00Z", "2027-01-01"),
        ("2027-01-01T00:00:00.999Z", "2027-01-01T00:00:00Z", "2027-01-01"),
        ("2027-01-01T12:30:00+01:00", "2027-01-01T11:30:00Z", "2027-01-01T11:30:00Z"),
        ("tomorrow", None, ""),
    ],
)
def test_ends_are_whole_seconds(text: str, second: str | None, shown: str) -> None:
    """Fractions are cut off, so that such texts sort as their times do; the short spelling means the same."""
    assert parse_second(text) == second
    if second is not None:
        assert spelled(second) == shown
        assert parse_second(shown) == second
