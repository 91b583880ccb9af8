"""The golden reports: what each report prints for one small world, kept in `fixtures/golden/reports/`.

Make them anew, after a wanted change, with

    python -m tests.lockfile.reports.golden_reports

and read the difference before committing it. Never run by CI.
"""

from pathlib import Path

from holdfast.findings.finding import Finding, Place
from holdfast.model.difference import compare_locks
from holdfast.model.graph import LockGraph
from holdfast.model.lock import LockedSource
from holdfast.model.release_facts import CodeDelta, Released, ReleaseFacts
from holdfast.model.source_change import Size
from holdfast.reports import differences, review_json, review_screen, tree, why
from holdfast.reports.port import FORMATS, Summary, render
from holdfast_resolver.versions.grid import Grid
from tests.support.lock_scenarios import TARGETS, digest, read_lock
from tests.support.review_items import review_world

FOLDER = Path(__file__).parents[3] / "fixtures" / "golden" / "reports"
ENDINGS = {"text": "txt", "json": "json", "sarif": "sarif", "github": "github.txt"}

FINDINGS = (
    Finding(
        "manifest-changed",
        "error",
        "pypi:flask>=3.1",
        "pypi:flask>=3.1 (pyproject.toml)",
        "pypi:flask>=3.0 (holdfast.lock)",
        (("wish", "a dependency of the project"),),
        hints=("holdfast lock",),
        place=Place("pyproject.toml", 7),
    ),
    Finding(
        "edge-unsatisfied",
        "error",
        "click 8.1.8",
        "click>=8.2 for flask 3.0.3",
        "click 8.1.8",
        (("targets", "cp311 windows-x86_64, cp312 windows-x86_64"),),
        ("pyproject.toml", "flask 3.0.3", "click 8.1.8"),
        ("holdfast lock",),
        Place("holdfast.lock"),
    ),
    Finding(
        "artifact-changed",
        "alarm",
        "click-8.1.8-py3-none-any.whl",
        digest("honest"),
        digest("evil"),
        (("package", "click 8.1.8"),),
        hints=("holdfast diff HEAD~1",),
    ),
    Finding("pin-yanked", "warning", "evil\u202egnp 1.0", found="50% \x1b[31mred\x1b[0m\nsecond: line, ::error::x"),
    Finding("locks-merged", "note", "holdfast.lock", found="2 conflicts"),
)
SUMMARY = Summary("check", "6 pins on 6 targets", (("packages", 6), ("targets", 6)))

BEFORE = read_lock(
    """
wish flask>=3.0
wish pytest (group test)
flask 3.0.3
    click>=8.1.3
    extension[fast]
    numpy
click 8.1.8 | seed old
    colorama ; sys_platform == 'win32'
colorama 0.4.6
extension 1.0
    speedup>=2 ; extra == 'fast'
speedup 2.1
pytest 8.3.4
    colorama ; sys_platform == 'win32'
numpy 1.26.4 | when python_version < '3.12'
numpy 2.1.3 | when python_version >= '3.12'
"""
)
AFTER = read_lock(
    """
wish flask>=3.1
flask 3.1.0
    click>=8.1.3
click 8.1.8 | signers github:1/.github/workflows/publish.yaml
    colorama ; sys_platform == 'win32'
colorama 0.4.5
added 1 | from internal
""",
    TARGETS[:5],
    (LockedSource("internal", "pypi", "https://packages.acme.example/simple/"),),
)

NOW = "2026-11-21T06:40:00Z"
FACTS = {
    ("pypi", "flask", "3.1.0"): ReleaseFacts(
        Released("2026-11-03T10:00:00Z", "2026-11-20T10:00:00Z"),
        ("flask-3.1.0-py3-none-any.whl",),
        ("flask-3.0.3.zip",),
        Size("flask-3.1.0.tar.gz", 1, 0, 3, 12, 3),
        CodeDelta(
            ("gains network: flask/_report.py:41 via socket.create_connection",),
            ("cannot be read: flask/old.py: Python 2 source",),
        ),
    )
}
LOOKS = {
    "60": review_screen.Look(60),
    "100": review_screen.Look(100),
    "200-ascii": review_screen.Look(200, lines=False),
    "100-colour": review_screen.Look(100, colour=True),
}
PATHS = {("pypi", "flask", "3.1.0"): ("pyproject.toml", "flask 3.1.0")}


def reports() -> dict[str, str]:
    """Every golden report by its file name."""
    graph = LockGraph(BEFORE, Grid(TARGETS))
    difference = compare_locks(BEFORE, AFTER)
    made = {f"findings.{ENDINGS[form]}": render(form, FINDINGS, SUMMARY) for form in FORMATS}
    made |= {f"clean.{ENDINGS[form]}": render(form, (), SUMMARY) for form in FORMATS}
    made["findings-colour.txt"] = render("text", FINDINGS, SUMMARY, colour=True)
    known = differences.Known(PATHS, FACTS, ("threshold: 2 -> 1", "approver added: \u202emallory"), NOW)
    made["difference.txt"] = differences.render_text(difference, known=known)
    made["difference.json"] = differences.render_json(difference, known)
    review = review_world()
    made["review.json"] = review_json.render_json(review, NOW)
    for width, look in LOOKS.items():
        places = [(number, len(review.entries)) for number in range(1, len(review.entries) + 1)]
        screens = [
            review_screen.render_screen(one, place, NOW, look)
            for one, place in zip(review.entries, places, strict=True)
        ]
        made[f"review-{width}.txt"] = "\n".join(screens)
    made["tree.txt"] = tree.render_text(graph)
    made["tree.json"] = tree.render_json(graph)
    made["tree-depth.txt"] = tree.render_text(graph, depth=1)
    made["tree-invert.txt"] = tree.render_text(graph, names=("colorama", "speedup"), invert=True)
    made["tree-of-one.txt"] = tree.render_text(graph, names=("extension",))
    made["why.txt"] = why.render_text(graph, "colorama")
    made["why-fork.txt"] = why.render_text(graph, "numpy")
    made["why.json"] = why.render_json(graph, "colorama")
    return {name: _without_release(text) for name, text in made.items()}


def _without_release(text: str) -> str:
    """Our own version moves with every release; the golden files should not."""
    from importlib.metadata import version

    return text.replace(f'"semanticVersion": "{version("holdfast")}"', '"semanticVersion": "<version>"')


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = reports()
    for stale in {path.name for path in FOLDER.iterdir()} - made.keys():
        (FOLDER / stale).unlink()
    for name, text in made.items():
        (FOLDER / name).write_bytes(text.encode())
