"""Who signs: `--key`, `--agent`, and their twins in the environment."""

import pytest

from holdfast.cli.signers import named_signer, open_signer
from holdfast.cli.table import find
from holdfast.cli.words import parse
from holdfast.errors import UsageError


@pytest.mark.parametrize(
    ("words", "environment", "expected"),
    [
        (["--key", "k"], {}, ("k", "")),
        (["--agent", "a"], {}, ("", "a")),
        ([], {"HOLDFAST_KEY": " k "}, ("k", "")),
        ([], {"HOLDFAST_AGENT": "a"}, ("", "a")),
        (["--key", "k"], {"HOLDFAST_KEY": "other"}, ("k", "")),
        (["--agent", "a"], {"HOLDFAST_KEY": "k"}, ("", "a")),
        (["--key", "k"], {"HOLDFAST_AGENT": "a"}, ("k", "")),
        ([], {}, ("", "")),
        (["--key", "k", "--agent", "a"], {}, ("k", "a")),
        ([], {"HOLDFAST_KEY": "k", "HOLDFAST_AGENT": "a"}, ("k", "a")),
    ],
)
def test_a_flag_wins_over_the_twin_of_the_other(
    words: list[str], environment: dict[str, str], expected: tuple[str, str]
) -> None:
    """As everywhere the command line wins; two flags, or two twins, stay two."""
    command = find("approve")
    assert command is not None
    assert named_signer(parse(command, words, environment), environment) == expected


MAKE = "name one: --key FILE, --agent ID, or HOLDFAST_KEY; `holdfast key generate PATH` makes one"


@pytest.mark.parametrize(("words", "hint"), [([], MAKE), (["--key", "k", "--agent", "a"], "name one of them")])
def test_exactly_one_signs(words: list[str], hint: str) -> None:
    """Neither and both are refused; only who has none is told the way to a key."""
    command = find("approve")
    assert command is not None
    with pytest.raises(UsageError) as refused:
        open_signer(parse(command, words, {}), {})
    assert refused.value.expected == "--key FILE or --agent ID"
    assert refused.value.hint == hint
