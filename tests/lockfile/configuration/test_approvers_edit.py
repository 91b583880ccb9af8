"""An approver more: `[[approver]]` is added in the file's own style, the rest stays, byte for byte."""

import pytest

from holdfast.configuration.edit_approvers import add_approver
from holdfast.configuration.read import read_configuration
from holdfast.errors import ConfigurationError, UsageError
from holdfast.model.security import Approver
from holdfast.trust.signing import FileSigner

KEYS = [FileSigner.from_seed(bytes([number]) * 32).public for number in (1, 2)]
ANN = Approver("ann", KEYS[0].text, KEYS[0].id)
BOB = Approver("bob", KEYS[1].text, KEYS[1].id, "security", ("bob@acme.example", "b@home.example"))
ANN_BLOCK = f'[[approver]]\nname = "ann"\nkey = "{ANN.key}"\n'
BOB_BLOCK = (
    f'[[approver]]\nname = "bob"\nkey = "{BOB.key}"\nrole = "security"\n'
    'emails = ["bob@acme.example", "b@home.example"]\n'
)


def test_the_first_approver_begins_the_array() -> None:
    """In an empty file and at the end of a full one, with the line ends that the file has."""
    assert add_approver("", ANN) == ANN_BLOCK
    assert add_approver('id = "i"', BOB) == 'id = "i"\n\n' + BOB_BLOCK
    assert add_approver('id = "i"\r\n# end\r\n', ANN) == 'id = "i"\r\n# end\r\n\r\n' + ANN_BLOCK.replace("\n", "\r\n")


def test_another_approver_goes_behind_the_others() -> None:
    """Behind the last one and its comments, wherever that stands."""
    one = ANN_BLOCK + "# by phone\n"
    assert add_approver(one + "\n[targets]\n", BOB) == f"{one}\n{BOB_BLOCK}\n[targets]\n"


def test_an_inline_array_stays_inline() -> None:
    """Where approvers are inline tables the new one is, too."""
    text = f'approver = [\n    {{ name = "ann", key = "{ANN.key}" }},\n]\n'
    after = add_approver(text, BOB)
    assert after.startswith(text[:-2])
    assert after.endswith("},\n]\n")
    assert [one.name for one in read_configuration({"holdfast.toml": after.encode()}.get).approvers] == ["ann", "bob"]


def test_in_pyproject_the_array_stands_with_the_rest_of_the_configuration() -> None:
    """A new approver goes behind the last table of [tool.holdfast], not to the end of the file."""
    text = '[tool.holdfast]\nstrategy = "lowest"\n\n# of ruff\n[tool.ruff]\n'
    after = add_approver(text, ANN, "pyproject.toml")
    block = ANN_BLOCK.replace("[[approver]]", "[[tool.holdfast.approver]]")
    assert after == f'[tool.holdfast]\nstrategy = "lowest"\n\n{block}\n# of ruff\n[tool.ruff]\n'


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (BOB._replace(name="ann"), "a name that no other approver has"),
        (ANN._replace(name="bob"), "a key that no other approver has; ann has it"),
    ],
)
def test_nobody_approves_twice(one: Approver, expected: str) -> None:
    """A name or a key that is there already is refused, and nothing is written."""
    with pytest.raises(UsageError) as caught:
        add_approver(ANN_BLOCK, one)
    assert caught.value.expected == expected


def test_what_could_not_be_read_again_is_not_written() -> None:
    """An approver whose key binds nobody, or whose name cannot be printed, is refused by the reader."""
    for bad in (ANN._replace(key="ssh-ed25519 AAAA", id="ed25519:0"), ANN._replace(name="a\u202eb")):
        with pytest.raises(ConfigurationError):
            add_approver("", bad)
