"""For whom a node is there, as a package-lock says it."""

import pytest

from tests.support.npm_universe import placed, universe

_WORLD = universe(
    """
a 1.0.0
 shared *
b 1.0.0
 shared *
 opt * ; optional
opt 1.0.0
 deep *
deep 1.0.0
shared 1.0.0
plug 1.0.0
 host * ; peer
host 1.0.0
"""
)


@pytest.mark.parametrize(
    ("wishes", "flags"),
    [
        ("a * ; dev", {"a": "dev", "shared": "dev"}),
        ("a * ; dev\nb *", {"a": "dev", "b": "", "shared": "", "opt": "optional", "deep": "optional"}),
        (
            "a * ; dev\nb * ; optional",
            {"a": "dev", "b": "optional", "shared": "dev_optional", "opt": "optional", "deep": "optional"},
        ),
        ("b * ; dev", {"b": "dev", "shared": "dev", "opt": "dev optional", "deep": "dev optional"}),
        ("plug *", {"plug": "", "host": "peer"}),
        ("plug *\nhost * ; dev", {"plug": "", "host": ""}),
        ("host * ; peer", {"host": "peer"}),
    ],
)
def test_flags_say_by_which_ways_alone_a_node_is_reached(wishes: str, flags: dict[str, str]) -> None:
    """A flag holds while no way clears it; both kinds of ways together have a flag of their own."""
    tree = placed(_WORLD, wishes)
    words = ("dev", "optional", "dev_optional", "peer")
    assert {node.name: " ".join(word for word in words if getattr(node, word)) for node in tree.nodes} == flags
