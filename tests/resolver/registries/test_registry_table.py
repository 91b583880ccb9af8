"""The table of registry kinds."""

import inspect

import pytest

from holdfast_resolver.errors import InvalidInput
from holdfast_resolver.registries.port import Registry
from holdfast_resolver.registries.table import REGISTRIES, registry

METHODS = [name for name, value in vars(Registry).items() if inspect.isfunction(value) and not name.startswith("_")]


@pytest.mark.parametrize("kind", REGISTRIES)
def test_every_row_leads_to_a_protocol(kind: str) -> None:
    """Each row's module offers each method of the port with the port's parameters."""
    assert len(METHODS) == 5
    for name in METHODS:
        expected = list(inspect.signature(getattr(Registry, name)).parameters)[1:]
        assert list(inspect.signature(getattr(registry(kind), name)).parameters) == expected


def test_a_kind_without_a_row_is_refused_with_those_there_are() -> None:
    """The error names the kinds of the table."""
    with pytest.raises(InvalidInput) as caught:
        registry("conda")
    assert "pypi" in caught.value.expected
