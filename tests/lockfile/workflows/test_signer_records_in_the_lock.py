"""One identity that signs in several ways, from the evidence of an index into the lock and out of it again."""

from pathlib import Path

from holdfast.format.write import write
from holdfast.model.joint_records import is_joint, joined
from holdfast.model.signer_references import renamed
from holdfast.model.signers import bare, everybody
from tests.lockfile.workflows.test_evidence_in_the_lock import ID, SDIST, TOOL, codes, lock_of, pin_of
from tests.support.packages import read_releases
from tests.support.project import Project
from tests.support.signed_project import signed_project
from tests.support.signing_index import signing_index

HERE, MAIN = (f"ref={ref} trigger=push runner=github-hosted" for ref in ("tag", "branch:main"))
IN_ANOTHER_WAY = TOOL._replace(ref="refs/heads/main", repository="tool-ng")


def ways(project: Project) -> dict[str, set[tuple[str, str]]]:
    """Of each package the label and context of whoever signed its files."""
    lock = lock_of(project)
    known = {one.id: (one.label, dict(one.attributes)["context"]) for one in lock.signers}
    assert {one.partition("#")[0] for one in known} <= {ID}
    return {pin.name: {known[reference] for reference in everybody(pin)} for pin in lock.packages}


def test_each_way_of_one_identity_has_its_record_whatever_the_order(tmp_path: Path) -> None:
    """Two packages of one workflow in two ways: each refers to its own record; one is left when one of them goes."""
    with signing_index(read_releases("one 1.0\ntwo 1.0\ntwo 1.1")) as index:
        index.attest("one-1.0*", TOOL)
        index.attest("two-1.0*", TOOL)
        index.attest("two-1.1*", IN_ANOTHER_WAY)
        project = signed_project(tmp_path, index, ["one", "two==1.0"]).locked()
        assert [one.id for one in lock_of(project).signers] == [ID]
        text = project.manifest.read_text()
        project.manifest.write_text(text.replace("two==1.0", "two"))
        done = project.run("update", "--format", "json")
        assert sorted(codes(done)) == ["signer-changed", "signer-renamed"]
        assert {finding["subject"] for finding in done.json["findings"]} == {"two 1.1"}
        assert ways(project) == {"one": {("acme/tool", HERE)}, "two": {("acme/tool-ng", MAIN)}}
        stepwise = project.lock.read_bytes()
        asked = index.integrity_count()
        assert codes(project.run("verify", "--format", "json")) == []
        assert "up to date" in project.run("lock", "--refresh").out
        project.lock.unlink()
        project.locked()
        assert project.lock.read_bytes() == stepwise
        asked = index.integrity_count()
        project.manifest.write_text(text.replace(', "two==1.0"', ""))
        project.locked()
        assert [one.id for one in lock_of(project).signers] == [ID]
        assert ways(project) == {"one": {("acme/tool", HERE)}}
        assert index.integrity_count() == asked


def test_unknown_keys_stay_with_the_record_that_says_the_same(tmp_path: Path) -> None:
    """A package more in the same way has the record with its unknown keys; one in another way has none of them."""
    with signing_index(read_releases("one 1.0\ntwo 1.0\nzed 1.0")) as index:
        index.attest("one-1.0*", TOOL)
        index.attest("two-1.0*", TOOL)
        index.attest("zed-1.0*", IN_ANOTHER_WAY)
        project = signed_project(tmp_path, index, ["one"]).locked()
        text = project.lock.read_text(encoding="utf-8")
        project.lock.write_text(text.replace('owner-id = "7"\n', 'owner-id = "7"\ncolour = "blue"\n'), encoding="utf-8")
        project.manifest.write_text(project.manifest.read_text().replace('"one"', '"one", "two", "zed"'))
        project.locked()
        assert ways(project)["one"] == ways(project)["two"] == {("acme/tool", HERE)}
        assert {one.label: one.unknown for one in lock_of(project).signers} == {
            "acme/tool": (("colour", '"blue"'),),
            "acme/tool-ng": (),
        }
        assert pin_of(project, "one").signers == pin_of(project, "two").signers


def test_one_way_instead_of_the_other_is_noticed(tmp_path: Path) -> None:
    """Both ways are in the lock, and `verify` and `update` still tell a package that goes from one to the other."""
    with signing_index(read_releases("one 1.0\ntwo 1.0")) as index:
        index.attest("one-1.0*", TOOL)
        index.attest("two-1.0*", IN_ANOTHER_WAY)
        project = signed_project(tmp_path, index, ["one", "two"]).locked()
        index.attest("one-1.0*", IN_ANOTHER_WAY)
        done = project.run("verify", "--format", "json")
        assert {(one["code"], one["subject"]) for one in done.json["findings"]} == {
            ("signer-changed", "one 1.0"),
            ("signer-renamed", "one 1.0"),
        }
        done = project.run("update", "one", "--refresh", "--format", "json")
        assert (done.code, sorted(codes(done))) == (1, ["signer-changed", "signer-renamed"])
        assert ways(project) == {name: {("acme/tool-ng", MAIN)} for name in ("one", "two")}
        assert [one.id for one in lock_of(project).signers] == [ID]


def test_files_of_one_release_in_two_ways(tmp_path: Path) -> None:
    """The artifacts say which; the package is signed, by that one identity, and everybody says so."""
    with signing_index(read_releases("tool 1.0 | sdist static")) as index:
        index.attest("tool-1.0*", TOOL)
        index.attest(SDIST, IN_ANOTHER_WAY)
        project = signed_project(tmp_path, index, ["tool"]).locked()
        pin = pin_of(project, "tool")
        assert pin.signers == ()
        assert [len(one.signers or ()) for one in pin.artifacts] == [1, 1]
        assert ways(project) == {"tool": {("acme/tool", HERE), ("acme/tool-ng", MAIN)}}
        assert codes(project.run("verify", "--format", "json")) == []
        tree = project.run("tree", "--signers").out
        assert "acme/tool" in tree
        assert "acme/tool-ng (github:101...)" in tree
        assert "unsigned" not in tree
        assert "#" not in tree
        (node,) = project.run("tree", "--signers", "--format", "json").json["packages"]
        assert node["level"] == "signed"
        assert {one["id"] for one in node["signers"]} == {ID}
        (row,) = project.run("trust", "suggest", "--format", "json").json["publishers"]
        assert (row["id"], row["label"], len(row["packages"]), row["partly"]) == (
            ID,
            "acme/tool | acme/tool-ng",
            1,
            [],
        )
        exported = project.run("export", "pylock").out
        assert exported.count('repository = "acme/tool') == 2


def test_a_lock_of_before_is_written_anew(tmp_path: Path) -> None:
    """Values that stand side by side are taken apart by the next `lock`, as far as there is evidence, without alarm."""
    with signing_index(read_releases("one 1.0\ntwo 1.0")) as index:
        index.attest("one-1.0*", TOOL)
        index.attest("two-1.0*", IN_ANOTHER_WAY)
        project = signed_project(tmp_path, index, ["one", "two"]).locked()
        now = project.lock.read_bytes()
        lock = lock_of(project)
        joint = joined([bare(one) for one in lock.signers])
        assert is_joint(joint)
        names = {one.id: ID for one in lock.signers}
        before = lock._replace(packages=tuple([renamed(pin, names) for pin in lock.packages]), signers=(joint,))
        project.lock.write_text(write(before), encoding="utf-8")
        assert codes(project.run("verify", "--format", "json")) == []
        index.links = "none"
        project.run("lock", "--refresh")
        assert lock_of(project) == before
        index.links = "absolute"
        done = project.run("lock", "--refresh", "--format", "json")
        assert (done.code, codes(done)) == (0, [])
        assert project.lock.read_bytes() == now


def test_signers_that_a_merge_left_adrift_are_mended(tmp_path: Path) -> None:
    """A package refers to a record that the other branch split: `lock` asks again and says that locks were merged."""
    with signing_index(read_releases("one 1.0\ntwo 1.0")) as index:
        index.attest("one-1.0*", TOOL)
        index.attest("two-1.0*", IN_ANOTHER_WAY)
        project = signed_project(tmp_path, index, ["one", "two"]).locked()
        now = project.lock.read_text(encoding="utf-8")
        (reference,) = pin_of(project, "one").signers
        project.lock.write_text(now.replace(f'    "{reference}"', f'    "{ID}"'), encoding="utf-8")
        done = project.run("check")
        assert done.code == 2
        assert "holdfast lock" in done.err
        done = project.run("lock", "--format", "json")
        assert (done.code, codes(done)) == (0, ["locks-merged"])
        assert project.lock.read_text(encoding="utf-8") == now
