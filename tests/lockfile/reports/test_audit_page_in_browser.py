"""The page of an audit, as a browser shows it: loaded, searched, walked through by keyboard, measured.

One of the pages is that of a real project (`tests/support/recorded_audits.py`). Skipped where no Chromium is
(`tests/support/browser.py`). The bounds: usable within 2 s of its start at 2,000
packages, text at a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3), what is drawn at 3 to 1 (1.4.11), no label over another.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from holdfast.model.audit import Audit
from holdfast.reports.audit_port import reasons, render, riskiest
from tests.lockfile.reports.golden_audits import context_of
from tests.support.audit_worlds import audit_world
from tests.support.browser import Browser, find_browser
from tests.support.hostile_audits import hostile_audit, hostile_context
from tests.support.recorded_audits import recorded_audit

USABLE = 2_000  # milliseconds
REAL = 176  # packages of the audit that was recorded
SIZES = (20, REAL, 2000)
MADE = (*SIZES, 200)

pytestmark = pytest.mark.skipif(find_browser() is None, reason="no Chromium is here")

CONTRASTS = """(() => {
  const numbers = (colour) => [...colour.match(/[\\d.]+/g).map(Number), 1].slice(0, 4);
  const light = (colour) => {
    const linear = (one) => (one <= .04045 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4);
    const [r, g, b] = colour.slice(0, 3).map((one) => linear(one / 255));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor);
      if (colour[3] === 1) return colour;
    }
    return [255, 255, 255, 1];
  };
  const ratio = (one, two) => {
    const [a, b] = [light(one), light(two)].sort((x, y) => y - x);
    return (a + .05) / (b + .05);
  };
  const worst = {};
  const note = (kind, value, element) => {
    if (!(kind in worst) || value < worst[kind][0]) worst[kind] = [value, element.outerHTML.slice(0, 90)];
  };
  let measured = 0;
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest("svg, script, noscript, [hidden], .unseen")) continue;
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
    if (!element.getClientRects().length) continue;
    measured += 1;
    note("text", ratio(numbers(getComputedStyle(element).color), behind(element)), element);
  }
  const card = numbers(getComputedStyle(document.querySelector(".workbench")).backgroundColor);
  for (const element of document.querySelectorAll("#labels text, #graph .box text")) {
    const box = element.closest(".box");
    const under = box ? numbers(getComputedStyle(box.querySelector("rect")).fill) : card;
    note("label", ratio(numbers(getComputedStyle(element).fill), under), element);
  }
  const disc = document.querySelector(".disc");
  const under = disc ? numbers(getComputedStyle(disc).fill) : card;
  for (const element of document.querySelectorAll("#graph .dot, #graph .box:not(.project) .mark")) {
    note("dot", ratio(numbers(getComputedStyle(element).stroke), under), element);
  }
  for (const element of document.querySelectorAll(".key")) if (element.getClientRects().length) {
    note("key", ratio(numbers(getComputedStyle(element).borderTopColor), card), element);
  }
  return { worst, measured };
})()"""

OVERLAPS = """(() => {
  const labels = [...document.querySelectorAll("#labels text")];
  const boxes = labels.map((one) => [one.getBoundingClientRect(), one.textContent]);
  const frame = document.querySelector("#graph").getBoundingClientRect();
  const over = [];
  boxes.forEach(([a, one], place) => boxes.slice(place + 1).forEach(([b, two]) => {
    const beside = a.left >= b.right - 1 || b.left >= a.right - 1;
    if (!beside && a.top < b.bottom - 3 && b.top < a.bottom - 3) over.push([one, two]);
  }));
  const outside = boxes.filter(([a]) => a.left < frame.left - 1 || a.right > frame.right + 1).map(([, one]) => one);
  return { count: boxes.length, over, outside };
})()"""


def audit_of(size: int) -> Audit:
    """The audit of that many packages: the real one, or one of a project that never was."""
    return recorded_audit() if size == REAL else audit_world(size)


CROSSINGS = """(() => {
  const boxes = [...document.querySelectorAll("#route .box")]
    .map((one) => [one.getBBox(), one.transform.baseVal[0].matrix])
    .map(([box, at]) => [at.e + 2, at.f + 2, at.e + box.width - 2, at.f + box.height - 2]);
  const lines = [...document.querySelectorAll("#route .link")];
  const crossed = lines.filter((line) => {
    const length = line.getTotalLength();
    const points = Array.from({ length: 200 }, (_, step) => line.getPointAtLength((length * step) / 199));
    return boxes.some(([left, top, right, bottom]) =>
      points.some(({ x, y }) => x > left && x < right && y > top && y < bottom));
  });
  return { lines: lines.length, crossed: crossed.map((line) => line.getAttribute("d")) };
})()"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests of this file."""
    program = find_browser()
    assert program is not None
    with Browser(program, tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The page of each size, as a file."""
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    for size in MADE:
        audit = audit_of(size)
        made[size] = folder / f"{size}.html"
        made[size].write_text(render("html", audit, context_of(audit)), encoding="utf-8")
    return made


def opened(browser: Browser, page: Path, scheme: str = "light", width: int = 1440) -> None:
    """Open a page and let nothing pass that should not happen."""
    browser.look(width, 900, scheme)
    browser.open(page)
    quiet(browser, page)


def quiet(browser: Browser, page: Path) -> None:
    """Nothing was logged, and nothing but the file itself was asked for."""
    assert browser.logged == []
    assert browser.requested == [page.as_uri()]


def focused(browser: Browser) -> str:
    """What a screen reader is told of the node that has the focus."""
    said = browser.run("document.activeElement.getAttribute('aria-label') || ''")
    assert isinstance(said, str)
    return said


@pytest.mark.parametrize("size", SIZES)
def test_the_page_is_usable_in_time(browser: Browser, pages: dict[int, Path], size: int) -> None:
    """It opens from disk without an error or a request, small enough, and is usable within the bound."""
    assert pages[size].stat().st_size <= 3_000_000
    times = []
    for _ in range(3):  # a machine that is busy otherwise is not what is measured
        opened(browser, pages[size])
        assert browser.run("document.documentElement.dataset.ready") == "yes"
        times.append(browser.run("performance.getEntriesByName('interactive')[0].startTime"))
        if times[-1] <= USABLE:
            break
    assert min(times) <= USABLE
    assert browser.run("document.querySelectorAll('#graph .node:not(.project)').length") == size
    assert browser.run("document.querySelectorAll('#packages tbody tr').length") == size


@pytest.mark.parametrize("size", SIZES)
def test_a_package_is_found_focused_and_followed_by_keyboard(
    browser: Browser, pages: dict[int, Path], size: int
) -> None:
    """A part of a name finds it; arrows follow its path to the project and back; P shows the paths alone."""
    audit = audit_of(size)
    wanted = max(audit.packages, key=lambda one: (min(one.depth, 4), len(one.name), one.id))
    opened(browser, pages[size])
    browser.run("document.getElementById('search').focus()")
    browser.type(wanted.name)
    assert browser.run("document.querySelectorAll('#matches li').length") >= 1
    assert browser.run("document.getElementById('search').getAttribute('aria-expanded')") == "true"
    browser.key("Enter")
    assert focused(browser).startswith(f"{wanted.name} {wanted.version}, score {wanted.score}")
    assert browser.run("document.getElementById('panel-title').textContent") == f"{wanted.name} {wanted.version}"
    shown = browser.run("[...document.querySelectorAll('.steps button')].map((one) => one.textContent)")
    assert shown[: len(wanted.path)] == [step.partition(":")[2] for step in wanted.path]
    for step in reversed(wanted.path[:-1]):
        browser.key("ArrowLeft")
        assert focused(browser).startswith(step.partition(":")[2] + ", ")
    browser.key("ArrowRight")
    browser.key("ArrowLeft")
    assert focused(browser).startswith(wanted.path[0].partition(":")[2] + ", ")
    browser.key("p")
    assert browser.run("document.getElementById('graph').classList.contains('routing')")
    assert focused(browser).startswith(wanted.path[0].partition(":")[2] + ", ")
    browser.key("ArrowLeft")
    assert focused(browser).startswith("this project")
    browser.key("ArrowRight")
    browser.key("Escape")
    assert not browser.run("document.getElementById('graph').classList.contains('routing')")
    quiet(browser, pages[size])


def test_a_node_can_be_clicked(browser: Browser, pages: dict[int, Path]) -> None:
    """A click on a dot selects its package; a step of its path selects that one."""
    opened(browser, pages[200])
    deep = next(place for place, one in enumerate(audit_of(200).packages) if one.depth == 4)
    browser.click(f"#scene [data-n='{deep}']")
    package = audit_of(200).packages[deep]
    assert browser.run("document.getElementById('panel-title').textContent") == f"{package.name} {package.version}"
    assert browser.run("document.querySelectorAll('#links .way').length") == 3
    browser.click(".steps button")
    first = package.path[0].partition(":")[2]
    assert browser.run("document.getElementById('panel-title').textContent") == first
    assert browser.run("document.activeElement.id") == "panel-title"


def test_the_table_is_sorted_filtered_and_leads_to_the_graph(browser: Browser, pages: dict[int, Path]) -> None:
    """A heading sorts, the filter says how many fit, all rows can be had, and a name selects in the graph."""
    opened(browser, pages[200])
    shown = "[...document.querySelectorAll('#packages tbody tr:not([hidden])')]"
    assert browser.run(f"{shown}.length") == 100
    browser.click("#packages thead th:nth-child(3) button")
    assert browser.run("document.querySelector('#packages th:nth-child(3)').getAttribute('aria-sort')") == "descending"
    depths = browser.run(f"{shown}.map((row) => Number(row.cells[2].textContent))")
    assert depths == sorted((one.depth for one in audit_of(200).packages), reverse=True)[:100]
    browser.click("#more button")
    assert browser.run(f"{shown}.length") == 200
    browser.type("install-script")
    assert browser.run(f"{shown}.length") == sum("install-script" in one.capabilities for one in audit_of(200).packages)
    browser.click("#packages tbody tr:not([hidden]) a")
    assert browser.run("document.querySelectorAll('#graph .node.chosen').length") == 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_told_from_its_ground(
    browser: Browser, pages: dict[int, Path], scheme: str, size: int
) -> None:
    """Text has a contrast of 4.5 to 1, dots and keys of 3 to 1, by risk, trust and signer, light and dark."""
    opened(browser, pages[size], scheme)
    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for colours in ("risk", "trust", "signer"):
        browser.run(f"document.querySelector('input[name=colours][value={colours}]').click()")
        browser.frame()
        found = browser.run(CONTRASTS)
        assert found["measured"] > 100
        for kind, least in (("text", 4.5), ("label", 4.5), ("dot", 3.0), ("key", 3.0)):
            if kind in found["worst"]:
                assert found["worst"][kind][0] >= least, (colours, kind, found["worst"][kind])


@pytest.mark.parametrize("size", [REAL, 200, 2000])
@pytest.mark.parametrize("width", [1440, 420])
def test_no_label_covers_another(browser: Browser, pages: dict[int, Path], width: int, size: int) -> None:
    """As it opens, after zooming in, and with a package chosen; and the riskiest packages are named."""
    opened(browser, pages[size], width=width)
    for step in ("", "document.getElementById('zoom-in').click()", "document.getElementById('zoom-in').click()",
                 "document.getElementById('zoom-all').click()",
                 "document.querySelector('.first button').click()"):  # fmt: skip
        browser.run(step)
        browser.frame()
        found = browser.run(OVERLAPS)
        assert found["over"] == []
        assert found["outside"] == []
        assert found["count"] >= 5


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("width", [1440, 420])
def test_the_page_does_not_scroll_sideways(browser: Browser, pages: dict[int, Path], width: int, size: int) -> None:
    """Wide tables scroll in frames of their own."""
    opened(browser, pages[size], width=width)
    assert browser.run("document.documentElement.scrollWidth") <= width


def test_the_switch_outranks_what_the_system_prefers(browser: Browser, pages: dict[int, Path]) -> None:
    """Dark and light can be had under either preference."""
    ground = "getComputedStyle(document.body).backgroundColor"
    opened(browser, pages[20])
    light = browser.run(ground)
    browser.run("document.querySelector('input[name=theme][value=dark]').click()")
    dark = browser.run(ground)
    assert light != dark
    opened(browser, pages[20], "dark")
    assert browser.run(ground) == dark
    browser.run("document.querySelector('input[name=theme][value=light]').click()")
    assert browser.run(ground) == light


def test_all_that_can_be_used_has_a_name_and_shows_its_focus(browser: Browser, pages: dict[int, Path]) -> None:
    """Tab reaches the parts in their order, each with a name and a visible mark."""
    opened(browser, pages[20])
    seen: list[str] = []
    state = """(() => { const one = document.activeElement; const style = getComputedStyle(one);
      const rect = one.querySelector?.('rect'); const label = one.closest('label');
      const mark = one.matches('input[type=radio]') ? getComputedStyle(one.nextElementSibling).outlineStyle
        : rect ? getComputedStyle(rect).strokeWidth : style.outlineStyle;
      return [one.id || one.className.baseVal || one.className || one.tagName,
        one.getAttribute('aria-label') || one.getAttribute('aria-labelledby') || one.labels?.[0]?.textContent
          || label?.textContent || one.textContent.trim(), mark]; })()"""
    for _ in range(40):
        browser.key("Tab")
        name, words, mark = browser.run(state)
        assert words, name
        assert mark not in ("none", "1px"), name
        seen.append(str(name))
    places = [seen.index(name) for name in ("skip", "search", "highlight", "zoom-in")]
    assert places == sorted(places)
    assert any("node" in name for name in seen)


def test_hostile_names_run_and_load_nothing(browser: Browser, tmp_path: Path) -> None:
    """With names built to inject, the page opens quietly, its title is its own, and each name is shown as text."""
    page = tmp_path / "hostile.html"
    page.write_text(render("html", hostile_audit(), hostile_context()), encoding="utf-8")
    opened(browser, page)
    assert browser.run("document.title").startswith("Audit of </script>")
    for number in range(len(hostile_audit().packages)):
        browser.run(f"document.querySelector('#packages a[href=\"#p{number}\"]').click()")
        browser.frame()
    browser.key("p")
    assert browser.run("document.querySelectorAll('script').length") == 2
    assert browser.run("document.querySelectorAll('img, iframe, object, b.evil').length") == 0
    assert browser.run("document.title").startswith("Audit of </script>")
    quiet(browser, page)


def test_the_policy_stops_what_would_get_through(browser: Browser, pages: dict[int, Path], tmp_path: Path) -> None:
    """Were a name ever written raw, its script would not run and its image would not load."""
    text = pages[20].read_text(encoding="utf-8")
    evil = "<script>document.title='owned'</script><img src='http://127.0.0.1:9/x' onerror=\"document.title='owned'\">"
    page = tmp_path / "raw.html"
    page.write_text(text.replace("<footer>", f"<footer>{evil}", 1), encoding="utf-8")
    browser.look(1440, 900)
    browser.open(page)
    assert browser.run("document.title") == "Audit of storefront"
    assert any("Content Security Policy" in line for line in browser.logged)


def test_it_prints(browser: Browser, pages: dict[int, Path]) -> None:
    """Printing gives a document of some pages, with what was folded unfolded."""
    opened(browser, pages[20])
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    assert browser.run("document.querySelectorAll('details:not([open])').length") == 0
    made = browser.print()
    assert made.startswith(b"%PDF")
    assert 1 <= made.count(b"/Type /Page\n") + made.count(b"/Type /Page ") <= 12


def test_paper_is_white_whatever_the_screen_is(browser: Browser, pages: dict[int, Path]) -> None:
    """A page that is shown dark is printed dark on white, with the contrast that text has to have."""
    browser.look(1000, 900, "dark", media="print")
    browser.open(pages[20])
    browser.run("document.querySelector('input[name=theme][value=dark]').click()")
    assert browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    kind, element = browser.run(CONTRASTS)["worst"]["text"]
    assert kind >= 4.5, element
    assert browser.run("document.querySelector('#packages').offsetWidth <= document.querySelector('main').offsetWidth")


def test_lines_of_paths_go_round_other_boxes(browser: Browser, pages: dict[int, Path]) -> None:
    """Among the paths to a package that several need, no line crosses a box of a package it does not belong to."""
    opened(browser, pages[REAL])
    audit = recorded_audit()
    number = next(place for place, one in enumerate(audit.packages) if one.name == "jinja2")
    browser.run(f"document.querySelector('#packages a[href=\"#p{number}\"]').click()")
    browser.run("document.getElementById('only').click()")
    browser.frame()
    found = browser.run(CROSSINGS)
    assert found["lines"] >= 8
    assert found["crossed"] == []


def test_the_riskiest_packages_are_listed_with_what_weighs_most(browser: Browser, pages: dict[int, Path]) -> None:
    """The list that a reader begins with gives the reasons of the text report, for each package."""
    opened(browser, pages[REAL])
    shown = browser.run("[...document.querySelectorAll('.first li small')].map((one) => one.textContent)")
    assert shown == [", ".join(reasons(one)) for one in riskiest(recorded_audit().packages)[: len(shown)]]
    assert len(shown) >= 8


@pytest.mark.parametrize("size", SIZES)
def test_a_narrow_window_is_used_and_names_can_be_read(browser: Browser, pages: dict[int, Path], size: int) -> None:
    """Discs stand below each other there; boxes keep a size in which they are read, and a chosen one is in sight."""
    opened(browser, pages[size], width=420)
    high, box = browser.run("""(() => { const all = document.getElementById('scene').getBoundingClientRect();
      const text = document.querySelector('#scene .box text');
      const whole = document.getElementById('graph').clientHeight;
      return [all.height / whole, text && text.getBoundingClientRect().height]; })()""")
    assert high > 0.55
    assert box is None or box >= 9
    browser.click(".first button")
    assert browser.run("""(() => { const one = document.querySelector('#graph .chosen').getBoundingClientRect();
      const frame = document.getElementById('graph').getBoundingClientRect();
      return one.left >= frame.left && one.right <= frame.right; })()""")
    quiet(browser, pages[size])


def test_the_picture_of_the_window_is_not_blank(browser: Browser, pages: dict[int, Path], tmp_path: Path) -> None:
    """What is drawn can be kept as a picture."""
    opened(browser, pages[20])
    browser.picture(tmp_path / "page.png")
    data: Any = (tmp_path / "page.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) > 20_000
