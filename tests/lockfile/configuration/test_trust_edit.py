"""Trusting, no longer trusting, revoking: `[[trust]]` changes as meant, the rest not by a byte."""

import re
import tomllib
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.configuration.configuration import TrustEntry
from holdfast.configuration.edit_trust import add_trust, remove_trust, revoke_trust
from holdfast.configuration.read import read_configuration
from holdfast.errors import UsageError
from holdfast_resolver.errors import ManifestError

TOML, PYPROJECT = "holdfast.toml", "pyproject.toml"
RAWS = [bytes([number]) * 32 for number in range(1, 5)]
KEYS = [
    f"ssh-ed25519 {b64encode(bytes.fromhex('0000000b') + b'ssh-ed25519' + bytes.fromhex('00000020') + raw).decode()}"
    for raw in RAWS
]
IDS = [f"ed25519:{sha256(raw).hexdigest()}" for raw in RAWS]
A, B = KEYS[0], KEYS[1]


def key(number: int, *names: str, label: str = "", until: str = "") -> TrustEntry:
    return TrustEntry(KEYS[number], IDS[number], names or ("@a/*",), label, until)


def revoking(text: str, who: str) -> str:
    return revoke_trust(text, who, "2026-11-21", "x")


def test_the_first_key_begins_the_array() -> None:
    """In an empty file and at the end of a full one; label and end are written where there are some."""
    block = f'[[trust]]\nkey = "{A}"\nlabel = "a b"\nnames = ["@a/*", "@b/x"]\nuntil = "2027-01-01"\n'
    entry = key(0, "@a/*", "@b/x", label="a b", until="2027-01-01T00:00:00Z")
    assert add_trust("", entry) == block
    assert add_trust('id = "i"', entry) == 'id = "i"\n\n' + block
    assert add_trust('id = "i"\r\n# end\r\n', entry) == 'id = "i"\r\n# end\r\n\r\n' + block.replace("\n", "\r\n")


def test_in_pyproject_the_array_stands_with_the_rest_of_the_configuration() -> None:
    """A new entry goes behind the last table of [tool.holdfast], not to the end of the file."""
    text = '[tool.holdfast]\nid = "i"\n\n# of ruff\n[tool.ruff]\n'
    after = add_trust(text, key(0), PYPROJECT)
    block = f'[[tool.holdfast.trust]]\nkey = "{A}"\nnames = ["@a/*"]\n'
    assert after == f'[tool.holdfast]\nid = "i"\n\n{block}\n# of ruff\n[tool.ruff]\n'
    assert remove_trust(after, IDS[0], path=PYPROJECT) == text


def test_another_key_goes_behind_the_others() -> None:
    """Behind the last entry and its comments, wherever that stands."""
    one = f'[[trust]]\nkey = "{A}"\nnames = ["@a/*"] # all\n# by phone, 2026-11-02\n'
    two = f'[[trust]]\nkey = "{B}"\nnames = ["@a/*"]\n'
    assert add_trust(one + "\n[targets]\n", key(1)) == f"{one}\n{two}\n[targets]\n"


def test_an_array_of_inline_tables_stays_one() -> None:
    """`trust = [...]` grows and shrinks as other arrays do."""
    text = f"trust = [\n  {{ key = '{A}', names = ['@a/*'] }}, # a\n]\n"
    after = add_trust(text, key(1, label="b"))
    added = f'  {{ key = "{B}", label = "b", names = ["@a/*"] }},\n'
    assert after == text.removesuffix("]\n") + added + "]\n"
    assert remove_trust(after, "b") == text
    assert remove_trust(after, IDS[0]) == f"trust = [\n{added}]\n"
    revoked = revoke_trust(text, IDS[0], "2026-11-21", "lost")
    assert f"{{ key = '{A}', names = ['@a/*'], revoked = \"2026-11-21\", reason = \"lost\" }}, # a" in revoked


def test_more_names_for_a_key_join_its_entry() -> None:
    """Same key, same end, no other label: the names it lacks are added, in the array's style."""
    text = f"[[trust]]\nkey = '{A}'\nlabel = 'a'\nnames = [\n  '@a/*', # a\n]\n"
    assert add_trust(text, key(0, "@a/*", "@b/*")) == text.replace("# a\n", "# a\n  '@b/*',\n")
    assert add_trust(text, key(0, "@a/*")) == text
    assert add_trust(text, key(0, "@b/*", label="a")).count("[[trust]]") == 1
    assert add_trust(text, key(0, "@b/*", label="other")).count("[[trust]]") == 2


def test_a_new_end_moves_only_for_the_names_that_are_named() -> None:
    """For exactly an entry's names label and end are renewed; a later end never reaches other names."""
    text = f'[[trust]]\nkey = "{A}"\nnames = ["@a/*", "@b/*"]\nuntil = 2027-01-01 # yearly\n'
    later = "2028-01-01T00:00:00Z"
    assert add_trust(text, key(0, "@b/*", "@a/*", until=later)) == text.replace("2027-01-01", '"2028-01-01"')
    assert add_trust(text, key(0, "@b/*", "@a/*")) == text.replace("until = 2027-01-01 # yearly\n", "")
    assert add_trust(text, key(0, "@a/*", "@b/*", label="a", until="2027-01-01T00:00:00Z")) == text + 'label = "a"\n'
    with pytest.raises(UsageError) as caught:
        add_trust(text, key(0, "@a/*", "@c/*", until=later))
    assert caught.value.found == "@a/*, trusted until 2027-01-01"
    assert caught.value.hint == f"holdfast trust remove {IDS[0]} --names '@a/*'"
    added = add_trust(text, key(0, "@c/*", until=later))
    assert added.startswith(text)
    assert [one["names"] for one in entries(added)] == [["@a/*", "@b/*"], ["@c/*"]]


def test_a_revoked_key_is_never_trusted_again() -> None:
    """It is not added, under no name and no label, and its entry is not removed, which is what says so."""
    text = revoke_trust(add_trust("", key(0, label="a")), "a", "2026-11-21", "lost laptop")
    assert text.endswith('names = ["@a/*"]\nrevoked = "2026-11-21"\nreason = "lost laptop"\n')
    for names in (["@a/*"], ["@new/*"]):
        with pytest.raises(UsageError) as caught:
            add_trust(text, key(0, *names, label="b"))
        assert caught.value.found == IDS[0]
    for who in ("a", IDS[0]):
        with pytest.raises(UsageError) as caught:
            remove_trust(text, who)
        assert caught.value.found == f"{who}, revoked since 2026-11-21"
    assert revoke_trust(text, "a", "2027-01-01", "again") == text


def test_revoking_reaches_every_entry_of_the_key() -> None:
    """Also those with another label; other keys stay trusted."""
    text = add_trust(add_trust(add_trust("", key(0, "@a/*", label="a")), key(0, "@b/*", label="b")), key(1))
    after = revoke_trust(text, "b", "2026-11-21", 'the "old" one')
    assert [one.get("reason") for one in entries(after)] == ['the "old" one', 'the "old" one', None]


def test_a_label_of_several_keys_names_none() -> None:
    """Which one is meant is for the person to say; the refusal has the ids."""
    text = add_trust(add_trust("", key(0, label="a")), key(1, label="a"))
    for edit in (remove_trust, revoking):
        with pytest.raises(UsageError) as caught:
            edit(text, "a")
        assert all(one in caught.value.hint for one in IDS[:2])
    assert entries(remove_trust(text, IDS[1])) == entries(text)[:1]


@pytest.mark.parametrize("who", ["nobody", "", IDS[3], IDS[0][:20], IDS[0][8:]])
def test_a_key_that_is_not_there_is_refused(who: str) -> None:
    """Only a full id or a whole label names a key."""
    text = add_trust("", key(0, label=""))
    for edit in (remove_trust, revoking):
        with pytest.raises(UsageError) as caught:
            edit(text, who)
        assert (caught.value.found, caught.value.hint) == (who, "holdfast trust list")


def test_a_key_may_lose_some_of_its_names() -> None:
    """An entry without names left goes; a name that is not there is refused."""
    text = f'[[trust]]\nkey = "{A}"\nnames = ["@a/*", "@b/*"]\n'
    assert remove_trust(text, IDS[0], ["@a/*"]) == text.replace('"@a/*", ', "")
    assert remove_trust(text, IDS[0], ["@a/*", "@b/*"]) == ""
    with pytest.raises(UsageError) as caught:
        remove_trust(text, IDS[0], ["@a/x"])
    assert caught.value.found == "@a/x"


def test_comments_of_an_entry_go_with_it() -> None:
    """What stands in it and right above it would speak of its neighbour; all others stay."""
    kept = "# The file's own.\n\n# kept\n\n"
    gone = f'# by phone\n# 2026-11-02\n[[trust]] # x\n# in it\nkey = "{A}"\nnames = ["@a/*"]\n# after it\n'
    other = f'\n# of b\n[[trust]]\nkey = "{B}"\nnames = ["@a/*"]\n'
    assert remove_trust(kept + gone + other, IDS[0]) == kept[:-1] + other
    assert remove_trust(kept + gone, IDS[0]) == kept[:-1]
    assert remove_trust(gone, IDS[0]) == "# by phone\n# 2026-11-02\n"
    string = f'reason = """\n# no comment"""\n[[trust]]\nkey = "{A}"\nnames = ["@a/*"]\n'
    assert remove_trust(string, IDS[0]) == 'reason = """\n# no comment"""\n'


def test_a_layout_that_cannot_be_edited_is_refused() -> None:
    """Rather than write something else than was meant, the edit is left to the person."""
    with pytest.raises(ManifestError) as caught:
        add_trust('tool.holdfast = { id = "i" }\n', key(0), PYPROJECT)
    assert "by hand" in caught.value.hint


NAMES = ["@a/*", "@a/x", "@b/*", "@c/y"]
ENDS = ["", "2027-01-01T00:00:00Z", "2028-02-03T04:05:06Z"]
REMARKS = ["", " # r1", "\t# r2 ] \" '"]


def entries(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(text).get("trust", [])
    return found


def remarks(text: str) -> list[str]:
    return re.findall(r"# r\d", text)


@st.composite
def files(draw: st.DrawFn) -> str:
    """A configuration in any of the usual layouts with up to three distinct keys, of which some are revoked."""
    blocks: list[list[str]] = []
    for number in draw(st.lists(st.integers(0, 2), unique=True, max_size=3)):
        names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
        end, label = draw(st.sampled_from(ENDS)), draw(st.sampled_from(["", f"label {number}"]))
        lines = [f'key = "{KEYS[number]}"', f"names = {names}"]
        lines += [f'until = "{end}"'] if end else []
        lines += [f'label = "{label}"'] if label else []
        lines += draw(st.sampled_from([[], [], ["revoked = 2026-11-21"]]))
        blocks.append(draw(st.permutations(lines)))
    head = draw(st.sampled_from(["", 'strategy = "lowest" # r3\n\n']))
    tail = draw(st.sampled_from(["", "\n# r4\n\n[targets]\n# r5\n"]))
    if draw(st.booleans()) and blocks:
        items = ["{ " + ", ".join(lines) + " }" for lines in blocks]
        glue = draw(st.sampled_from([", ", ",\n  ", ", # r6\n  "]))
        return head + "trust = [" + draw(st.sampled_from(["", "\n  "])) + glue.join(items) + "]\n" + tail
    text = head
    for lines in blocks:
        indent = draw(st.sampled_from(["", "  "]))
        text += f"[[trust]]{draw(st.sampled_from(REMARKS))}\n"
        text += "".join(f"{indent}{line}{draw(st.sampled_from(REMARKS))}\n" for line in lines)
        text += draw(st.sampled_from(["", "\n"]))
    return text + tail


def read(text: str) -> tuple[TrustEntry, ...]:
    trust = read_configuration({TOML: text.encode()}.get).trust
    return tuple(one._replace(line=0) for one in trust)


@given(files(), st.integers(0, 3), st.sampled_from(NAMES), st.sampled_from(ENDS), st.booleans())
def test_adding_concerns_one_key_only(text: str, number: int, name: str, end: str, windows: bool) -> None:
    """In any layout: the key is trusted for the name until the end, or the edit is refused; no other key changes."""
    text = text.replace("\n", "\r\n") if windows else text
    before = read(text)
    try:
        after = add_trust(text, key(number, name, until=end))
    except UsageError:
        mine = [one for one in before if one.id == IDS[number]]
        assert any(one.revoked or name in one.names for one in mine)
        return
    now = read(after)
    others = [one for one in before if one.id != IDS[number]]
    assert [one for one in now if one.id != IDS[number]] == others
    assert any(one.id == IDS[number] and name in one.names and one.until == end for one in now)
    old = [one for one in before if one.id == IDS[number] and set(one.names) != {name}]
    for one in old:
        assert any(set(one.names) <= set(new.names) and one.until == new.until for new in now if new.id == one.id)
    if end or not any(set(one.names) == {name} for one in before):
        assert remarks(after) == remarks(text)
    if windows and "\n" in text:
        assert after.count("\n") == after.count("\r\n")


@given(files(), st.integers(0, 2))
def test_removing_concerns_one_key_only(text: str, number: int) -> None:
    """In any layout: all of the key goes and nothing of the others; what is left is the old text in pieces."""
    before = read(text)
    mine = [one for one in before if one.id == IDS[number]]
    if not mine or mine[0].revoked:
        with pytest.raises(UsageError):
            remove_trust(text, IDS[number])
        return
    after = remove_trust(text, IDS[number])
    assert read(after) == tuple(one for one in before if one.id != IDS[number])
    rest = iter(text)
    assert all(character in rest for character in after)
    assert [one for one in remarks(text) if one in ("# r3", "# r5")] == [
        one for one in remarks(after) if one in ("# r3", "# r5")
    ]


@given(files(), st.integers(0, 2), st.booleans())
def test_revoking_concerns_one_key_only(text: str, number: int, windows: bool) -> None:
    """In any layout: the key is revoked and stays; nothing is lost of the text, and no other key is touched."""
    text = text.replace("\n", "\r\n") if windows else text
    before = read(text)
    if not any(one.id == IDS[number] for one in before):
        return
    after = revoke_trust(text, IDS[number], "2026-11-22", "lost")
    now = read(after)
    assert [one for one in now if one.id != IDS[number]] == [one for one in before if one.id != IDS[number]]
    assert all(one.revoked for one in now if one.id == IDS[number])
    rest = iter(after)
    assert all(character in rest for character in text)
    if windows:
        assert after.count("\n") == after.count("\r\n")


@given(files())
def test_removing_what_was_added_gives_the_same_trust(text: str) -> None:
    """Add then remove leaves every entry and comment as it was, and every line but blank ones."""
    after = remove_trust(add_trust(text, key(3)), IDS[3])
    assert read(after) == read(text)
    assert after.split() == text.split()
