"""The page on policy: what it shows is read, and every key is on it."""

import re
from pathlib import Path

from holdfast.configuration import approvers, policy, policy_rules
from holdfast.configuration.read import read_configuration
from holdfast.trust.signing import FileSigner

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")
SOURCES = f"""
[sources.acme]
kind = "modules"
url = "https://modules.acme.example/"
root = "sha256:{64 * "7"}"
[sources.internal]
kind = "pypi"
url = "https://packages.acme.example/simple/"
packages = ["acme-*"]
"""


def test_what_the_page_shows_is_read() -> None:
    """Both blocks together are a configuration, with real keys in the place of the dots."""
    blocks = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    text = "\n".join([*blocks, SOURCES]).replace('"4f1c..."', f'"{40 * "4"}"')
    for number in (1, 2):
        text = text.replace('"ssh-ed25519 AAAA..."', f'"{FileSigner.from_seed(bytes([number]) * 32).public.text}"', 1)
    found = read_configuration({"holdfast.toml": text.encode()}.get)
    assert len(found.policy.rules) == 3
    assert [one.cause for one in found.approvers] == ["", "compromised"]
    assert found.unread == ()


def test_every_key_is_on_the_page() -> None:
    """Those of `[policy]`, of its rules and of approvers."""
    keys = {*policy._KEYS, *policy_rules._FRAME, *policy_rules._DECIDING, *approvers._KEYS}
    assert {key for key in keys if not re.search(rf"\b{key}\b", PAGE)} == set()
