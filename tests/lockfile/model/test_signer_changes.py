"""The table of what may happen to the signers of a package, row by row, and laws of the comparison."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.model.lock import Signer
from holdfast.model.signer_changes import SIGNER_KINDS, compare_signers

KEY, OTHER_KEY = "ed25519:" + "0c" * 32, "ed25519:" + "1d" * 32
PERSON = "oidc:https://accounts.acme.example?release@acme.example"


def hub(
    number: int = 101,
    workflow: str = "release.yml",
    label: str = "acme/tool",
    owner: str = "7",
    context: str = "ref=tag trigger=release",
    environment: str = "",
) -> Signer:
    """A workflow that publishes."""
    id_ = f"github:{number}/.github/workflows/{workflow}" + (f"?environment={environment}" if environment else "")
    pairs = ("context", context), ("owner-id", owner)
    return Signer(id_, label, tuple([pair for pair in pairs if pair[1]]))


def lab(label: str = "acme/tool") -> Signer:
    """A pipeline of another forge."""
    return Signer("gitlab:303/.gitlab-ci.yml", label, (("owner-id", "44"),))


def by_name(workflow: str = "release.yml") -> Signer:
    """An older certificate that has no ids."""
    return Signer(f"github-name:acme/tool/.github/workflows/{workflow}", "acme/tool", (("context", "ref=tag"),))


# what happened: (before, after, classes)
ROWS = {
    "the same identity and context": ((hub(),), (hub(),), []),
    "a key rotated within the published set of a registry's": (
        (Signer("npm:https://r.example", "", (("role", "registry"),)),),
        (Signer("npm:https://r.example", "", (("role", "registry"),)),),
        [],
    ),
    "nobody, as before": ((), (), []),
    # same id, new label
    "the repository or its user was renamed": ((hub(),), (hub(label="acme/tool-ng"),), ["signer-renamed"]),
    "a key was renamed": ((Signer(KEY, "old"),), (Signer(KEY, "new"),), ["signer-renamed"]),
    "a first label": ((Signer(KEY),), (Signer(KEY, "new"),), ["signer-renamed"]),
    # other workflow, environment, issuer, owner id, key, context
    "another workflow": ((hub(),), (hub(workflow="other.yml"),), ["signer-changed"]),
    "another environment": ((hub(),), (hub(environment="pypi"),), ["signer-changed"]),
    "another issuer": (
        (Signer(PERSON, "release@acme.example"),),
        (Signer(PERSON.replace("accounts", "login"), "release@acme.example"),),
        ["signer-changed"],
    ),
    "another owner of the same repository, with its name": (
        (hub(),),
        (hub(owner="8", label="beta/tool"),),
        ["signer-changed", "signer-renamed"],
    ),
    "another key": ((Signer(KEY, "acme-release"),), (Signer(OTHER_KEY, "acme-release"),), ["signer-changed"]),
    "another context: a branch": ((hub(),), (hub(context="ref=branch:main trigger=push"),), ["signer-changed"]),
    "another context and another name": (
        (hub(),),
        (hub(context="ref=branch:main", label="acme/ng"),),
        ["signer-changed", "signer-renamed"],
    ),
    "another repository by another name": ((hub(),), (hub(999, label="evil/fork", owner="66"),), ["signer-changed"]),
    "another role": (
        (Signer(KEY, "k", (("role", "publisher"),)),),
        (Signer(KEY, "k", (("role", "vetted"),)),),
        ["signer-changed"],
    ),
    "another tier": (
        (Signer(KEY, "k", (("tier", "trusted"),)),),
        (Signer(KEY, "k", (("tier", "unverified"),)),),
        ["signer-changed"],
    ),
    "a key instead of a workflow": ((hub(),), (Signer(KEY, "k"),), ["signer-changed"]),
    "ids where there were only names": ((by_name(),), (hub(),), ["signer-changed"]),
    "only names where there were ids": ((hub(),), (by_name(),), ["signer-changed"]),
    "the owner's id is known now": ((hub(owner=""),), (hub(),), ["signer-changed"]),
    "one of two went, nobody says that two have to": ((hub(), Signer(KEY)), (hub(),), ["signer-changed"]),
    # same label, other repository or owner id
    "deleted and made again by the same name": ((hub(),), (hub(999),), ["signer-impersonated"]),
    "deleted and made again by another owner": ((hub(),), (hub(999, owner="66"),), ["signer-impersonated"]),
    "another owner by the same name": ((hub(),), (hub(owner="66"),), ["signer-impersonated"]),
    "another owner beside the known one": ((hub(),), (hub(owner="66 | 7"),), ["signer-impersonated"]),
    "another owner and another workflow": ((hub(),), (hub(workflow="b.yml", owner="66"),), ["signer-impersonated"]),
    "in other letters": ((hub(),), (hub(999, label="Acme/Tool"),), ["signer-impersonated"]),
    "on another forge": ((hub(),), (lab(),), ["signer-impersonated"]),
    "beside the real one": ((hub(),), (hub(), hub(999)), ["signer-impersonated"]),
    "one name of several": ((hub(label="acme/old | acme/tool"),), (hub(999),), ["signer-impersonated"]),
    "beside another change": (
        (hub(), Signer(KEY)),
        (hub(999), Signer(OTHER_KEY)),
        ["signer-impersonated", "signer-changed"],
    ),
    # several records of one identity
    "two ways, as before": ((hub(), hub(context="ref=main")), (hub(), hub(context="ref=main")), []),
    "one way more": ((hub(),), (hub(), hub(context="ref=main")), ["signer-changed"]),
    "one way less": ((hub(), hub(context="ref=main")), (hub(),), ["signer-changed"]),
    "another of two ways": (
        (hub(), hub(context="ref=main")),
        (hub(), hub(context="ref=other")),
        ["signer-changed"],
    ),
    "one way more under another name": ((hub(),), (hub(), hub(label="acme/ng")), ["signer-renamed"]),
    "one way more by another owner": ((hub(),), (hub(), hub(owner="66")), ["signer-impersonated"]),
    "two ways, and now another workflow": (
        (hub(), hub(context="ref=main")),
        (hub(workflow="other.yml"),),
        ["signer-changed", "signer-changed"],
    ),
    "two ways are one identity": (
        (hub(), hub(context="ref=main")),
        (),
        ["signer-lost", "signer-lost"],
    ),
    # was signed, now is not
    "unsigned": ((hub(),), (), ["signer-lost"]),
    "unsigned, and there were two": ((hub(), Signer(KEY)), (), ["signer-lost", "signer-lost"]),
    # one more
    "signed for the first time": ((), (hub(),), ["signer-added"]),
    "one more by another name": ((hub(),), (hub(), lab("beta/x")), ["signer-added"]),
    "one more workflow of the same repository": ((hub(),), (hub(), hub(workflow="b.yml")), ["signer-added"]),
}


def kinds(before: tuple[Signer, ...], after: tuple[Signer, ...], threshold: int = 1) -> list[str]:
    """The classes of change."""
    return [change.kind for change in compare_signers(before, after, threshold)]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_table(row: str) -> None:
    """Each thing that may happen has its class, in whatever order the signers are given."""
    before, after, expected = ROWS[row]
    for olds in permutations(before):
        for news in permutations(after):
            assert kinds(olds, news) == expected


@pytest.mark.parametrize(
    ("before", "after", "threshold", "expected"),
    [
        ((KEY, OTHER_KEY), (KEY,), 2, ["signer-lost"]),
        ((KEY, OTHER_KEY), (KEY,), 1, ["signer-changed"]),
        ((KEY, OTHER_KEY), ("ed25519:ee",), 2, ["signer-lost", "signer-changed"]),
        ((KEY, OTHER_KEY), (KEY, "ed25519:ee"), 2, ["signer-changed"]),
        ((KEY,), (), 0, ["signer-lost"]),
    ],
)
def test_fewer_than_the_threshold_is_lost(
    before: tuple[str, ...], after: tuple[str, ...], threshold: int, expected: list[str]
) -> None:
    """A signer that went is a loss if those who are left are too few; another in its place is a change."""
    assert kinds(tuple(map(Signer, before)), tuple(map(Signer, after)), threshold) == expected


def test_a_threshold_counts_identities() -> None:
    """One key that signs in two ways does not make up for the other that went."""
    key, in_another_way = Signer(KEY, "k"), Signer(KEY, "k", (("tier", "trusted"),))
    assert kinds((key, Signer(OTHER_KEY)), (key, in_another_way), 2) == ["signer-lost", "signer-changed"]


def test_what_differs_is_said() -> None:
    """Each field that differs is a line, with nothing for nothing."""
    (change,) = compare_signers((hub(),), (hub(999, owner="66", environment="pypi", context=""),))
    assert change.details == (
        "id: github:101/.github/workflows/release.yml -> github:999/.github/workflows/release.yml?environment=pypi",
        "context: ref=tag trigger=release -> none",
        "owner-id: 7 -> 66",
    )
    unknown = Signer(KEY, "k", (), (("colour", '"blue"'),))
    assert compare_signers((Signer(KEY, "k"),), (unknown,))[0].details == ('other keys: none -> colour = "blue"',)


signers = st.lists(
    st.builds(
        lambda who, label, owner, context: who._replace(
            label=label, attributes=tuple([one for one in (("context", context), ("owner-id", owner)) if one[1]])
        ),
        st.sampled_from([hub(), hub(999), hub(workflow="b.yml"), lab(), by_name(), Signer(KEY), Signer(OTHER_KEY)]),
        st.sampled_from(["", "acme/tool", "beta/tool"]),
        st.sampled_from(["", "7", "66", "66 | 7"]),
        st.sampled_from(["", "ref=tag", "ref=branch:main"]),
    ),
    unique_by=lambda signer: signer.id,
    max_size=4,
).map(tuple)


@given(signers, signers, st.integers(0, 3))
def test_laws_of_the_comparison(before: tuple[Signer, ...], after: tuple[Signer, ...], threshold: int) -> None:
    """Equal sets and only these have no change; all who differ are in one; each loss of the last is a loss."""
    found = compare_signers(before, after, threshold)
    assert (not found) == (set(before) == set(after))
    assert compare_signers(before, before, threshold) == ()
    assert {one.kind for one in found} <= set(SIGNER_KINDS)
    assert {one.before for one in found} - {None} >= set(before) - set(after)
    assert {one.after for one in found} - {None} == set(after) - set(before)
    if before and not after:
        assert {one.kind for one in found} == {"signer-lost"}
    if after and threshold <= 1:
        assert "signer-lost" not in {one.kind for one in found}
    assert [SIGNER_KINDS.index(one.kind) for one in found] == sorted([SIGNER_KINDS.index(one.kind) for one in found])


@given(signers, signers)
def test_a_new_name_for_another_repository_is_never_said_lightly(
    before: tuple[Signer, ...], after: tuple[Signer, ...]
) -> None:
    """Whoever comes with the label of one who signed, from a repository that never did, is an alarm."""
    found = {
        one.after: one.kind for one in compare_signers(before, after) if one.after and one.kind != "signer-renamed"
    }
    numbers = {one.id.split("/")[0] for one in before}
    for new in after:
        number = new.id.split("/")[0]
        if number.startswith(("github:", "gitlab:")) and number not in numbers and new.label:
            alike = [one for one in before if one.label == new.label and one.id.startswith(("github:", "gitlab:"))]
            if alike:
                assert found[new] == "signer-impersonated"
