"""The order that decides who is placed first."""

import json
import shutil
import subprocess

from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast_resolver.placement.order import collated, folded

_NAMES = st.text("abzABZ019-_.~@/", min_size=1, max_size=8)


@settings(max_examples=20)
@given(st.lists(_NAMES, min_size=100, max_size=200, unique=True))
def test_names_sort_as_node_sorts_them(texts: list[str]) -> None:
    """The order is that of the English collator of node itself."""
    node = shutil.which("node")
    assert node, "node is not installed: its collator is what this test compares with"
    script = "process.stdout.write(JSON.stringify(JSON.parse(process.argv[1]).sort(new Intl.Collator('en').compare)))"
    output = subprocess.run([node, "-e", script, json.dumps(texts)], capture_output=True, check=True, timeout=60).stdout
    assert sorted(texts, key=collated) == json.loads(output)


def test_names_that_one_file_system_cannot_tell_apart_share_a_key() -> None:
    """Case and compatible forms fold; nothing else does."""
    assert folded("JSONStream") == folded("jsonstream")
    assert folded("\ufb01") == folded("fi")
    assert folded("a-b") != folded("a.b")
