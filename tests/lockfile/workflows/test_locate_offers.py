"""What listings offer of pinned files: all at once, one failure at a time."""

from pathlib import Path

import pytest

from holdfast.errors import Undecided
from holdfast.model.lock import Pin
from holdfast.workflows.locate import offers
from holdfast.workflows.market import Market
from holdfast_resolver.errors import OfflineMiss, RegistryUnavailable
from holdfast_resolver.fetch.cache import Cache
from holdfast_resolver.fetch.index import Answer, Freshness, Index, Need
from tests.support.shelf import NOW, PYPI, Release, Shelf, ShelfCrew, index_of

SHELF = Shelf({"click": [Release("8.1.8", sdist="static")], "flask": [Release("3.0.0"), Release("3.1.0")]})
CLICK, FLASK = Pin("pypi", "click", "8.1.8"), Pin("pypi", "flask", "3.0.0")


def test_each_pin_has_the_files_of_its_release(tmp_path: Path) -> None:
    """By file name; of other releases nothing, and of unknown ones nothing at all."""
    pins = [CLICK, FLASK, Pin("pypi", "flask", "2.0"), Pin("pypi", "gone", "1")]
    found = offers(Market(index_of(SHELF, str(tmp_path), seed=1), (PYPI,)), pins)
    assert found.failed == {}
    assert {key[1:]: sorted(files) for key, files in found.files.items()} == {
        ("click", "8.1.8"): ["click-8.1.8-py3-none-any.whl", "click-8.1.8.tar.gz"],
        ("flask", "3.0.0"): ["flask-3.0.0-py3-none-any.whl"],
        ("flask", "2.0"): [],
        ("gone", "1"): [],
    }


def test_one_failure_spoils_nothing_else(tmp_path: Path) -> None:
    """The error is kept with its package; it is asked for once."""

    class Failing(ShelfCrew):
        asked = 0

        def next_answer(self) -> tuple[Need, Answer]:
            need, answer = super().next_answer()
            if need.name != "click":
                return need, answer
            self.asked += 1
            return need, RegistryUnavailable("pypi", "click", detail="no connection")

    crew = Failing(SHELF)
    index = Index(Cache(str(tmp_path)), Freshness(NOW), lambda: crew)  # type: ignore[arg-type,return-value]  # a double
    found = offers(Market(index, (PYPI,)), [CLICK, FLASK])
    assert [*found.failed] == [("pypi", "click")]
    assert [*found.files] == [("pypi", "flask", "3.0.0")]
    assert crew.asked == 1


def test_offline_an_unknown_listing_is_a_failure(tmp_path: Path) -> None:
    """Nothing is asked, and each package says why."""
    index = Index(Cache(str(tmp_path)), Freshness(NOW, offline=True), None)
    found = offers(Market(index, (PYPI,)), [CLICK])
    assert isinstance(found.failed["pypi", "click"], OfflineMiss)


def test_a_source_that_is_not_configured(tmp_path: Path) -> None:
    """It is never looked for elsewhere."""
    with pytest.raises(Undecided) as raised:
        offers(Market(index_of(SHELF, str(tmp_path)), (PYPI,)), [Pin("internal", "click", "8.1.8")])
    assert "internal" in raised.value.reason
    assert "[sources.internal]" in raised.value.hint
