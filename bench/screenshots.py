"""Pictures of the audit's page, to be looked at: `python bench/screenshots.py [FOLDER]`.

Graphs of 20 and of 2,000 packages and a real one of 176 (a notebook server, web frameworks, data tools), in a wide and
a narrow window, light and dark: the page as it opens, its graph, a package that is chosen, its paths alone, the table,
the whole page, and its PDF. They are written to `.bench/screenshots` unless a folder is named. Needs a Chromium; says
how long the page took until it could be used.
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "lockfile"), str(ROOT / "resolver")]

from holdfast.reports.audit_port import ChangedPackage, Context, render  # noqa: E402
from tests.support.audit_worlds import audit_world  # noqa: E402
from tests.support.browser import Browser, find_browser  # noqa: E402
from tests.support.recorded_audits import recorded_audit  # noqa: E402

SIZES = (20, 176, 2000)
WINDOWS = {"wide": (1440, 900), "narrow": (420, 860)}
SCHEMES = ("light", "dark")


def main(folder: Path) -> int:
    """Make all pictures; 3 where there is no browser."""
    program = find_browser()
    if program is None:
        print("no Chromium is here: install one, or name it with HOLDFAST_BROWSER", file=sys.stderr)
        return 3
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile, Browser(program, Path(profile)) as browser:
        for size in SIZES:
            page = folder / f"{size}.html"
            page.write_text(page_of(size), encoding="utf-8")
            for name, (width, height) in WINDOWS.items():
                for scheme in SCHEMES:
                    browser.look(width, height, scheme)
                    browser.open(page)
                    pictures(browser, folder, f"{size}-{name}-{scheme}")
            (folder / f"{size}.pdf").write_bytes(browser.print())
            took = browser.run("performance.getEntriesByName('interactive')[0].startTime")
            print(f"{size} packages: {page.stat().st_size / 1e6:.2f} MB, usable after {took:.0f} ms")
    print(folder)
    return 0


def page_of(size: int) -> str:
    """The page of an audit of that many packages, with two changes; 176 are those of the recorded one."""
    audit = recorded_audit() if size == 176 else audit_world(size)
    one, two = audit.packages[3], audit.packages[-1]
    changes = (
        ChangedPackage("new-package", one.id, "", one.version, ("gains network: lib/send.py:41 via socket",)),
        ChangedPackage("signer-changed", two.id, "1.0.0", two.version, (), ("loses subprocess: lib/run.py:7",)),
    )
    return render("html", audit, Context("storefront", "the state that anna approved on 2026-11-03", changes))


def pictures(browser: Browser, folder: Path, name: str) -> None:
    """The page as it opens, its graph, a chosen package, its paths alone, the table, the whole."""
    browser.picture(folder / f"{name}-1-top.png")
    to_map = "document.getElementById('map').scrollIntoView({behavior: 'instant'})"
    browser.run(to_map)
    browser.frame()
    browser.picture(folder / f"{name}-2-graph.png")
    browser.run("document.querySelector('#graph [tabindex=\"0\"]').focus()")
    browser.key("Enter")
    browser.run(to_map)
    browser.frame()
    browser.picture(folder / f"{name}-3-chosen.png")
    browser.key("p")
    browser.picture(folder / f"{name}-4-paths.png")
    browser.run("document.getElementById('table').scrollIntoView({behavior: 'instant'})")
    browser.frame()
    browser.picture(folder / f"{name}-5-table.png")
    browser.picture(folder / f"{name}-6-whole.png", whole=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".bench" / "screenshots"))
