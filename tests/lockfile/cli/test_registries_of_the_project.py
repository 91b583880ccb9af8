"""Where a project's own files lead to an npm registry: it waits for approval, and what nobody signs does not decide."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.npm_mixed import MixedProject, mixed_project

SECRET = "npm_s3cret"
EVIL = "https://key:word@evil.example/npm/"


@pytest.fixture
def mixed(tmp_path: Path) -> Iterator[MixedProject]:
    """The mixed project, locked and begun."""
    with mixed_project(tmp_path) as project:
        project.must("lock")
        yield project


def waits(project: MixedProject, base: str, *shown: str) -> None:
    """`check` fails for the configuration, with and without the base, and `diff` and `check` say what moved."""
    for words in ((), ("--base", base)):
        done = project.run("check", *words)
        assert done.code == 1, done.out + done.err
        assert "error[configuration-changed]" in done.out
        assert SECRET not in done.out + done.err
        assert "word@" not in done.out + done.err
        for one in shown:
            assert one in done.out
    said = project.run("diff").out
    for one in shown:
        assert one in said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"registry={EVIL}", ".npmrc added: registry https://evil.example/npm/"),
        ("registry=https://${EVIL_HOST}/", ".npmrc added: registry https://${EVIL_HOST}/"),
        (f"@babel:registry={EVIL}", ".npmrc added: registry https://evil.example/npm/ (@babel)"),
        ("proxy=http://proxy.evil.example:3128", ".npmrc added: proxy http://proxy.evil.example:3128"),
        ("cafile=ours.pem", ".npmrc added: cafile ours.pem"),
        ('ca="-----BEGIN CERTIFICATE-----"', ".npmrc added: ca sha256:"),
        ("//evil.example/:_authToken=${CI_TOKEN}", ".npmrc added: credentials //evil.example/ (${CI_TOKEN})"),
        (f"//evil.example/:_authToken={SECRET}", ".npmrc added: credentials //evil.example/"),
    ],
)
def test_a_change_of_npmrc_waits(text: str, shown: str, mixed: MixedProject) -> None:
    """Whatever moves a registry, the way to it or credentials is shown, without a secret, and needs the approvers."""
    base = mixed.begin()
    assert mixed.run("check", "--base", base).code == 0
    npmrc = mixed.folder / ".npmrc"
    npmrc.write_text(f"{npmrc.read_text()}{text}\n")
    waits(mixed, base, shown)


def test_a_registry_of_the_configuration_waits(mixed: MixedProject) -> None:
    """`[sources.NAME]` of the kind npm is part of what approvers sign, as those of other kinds are."""
    mixed.configure('\n[sources.internal]\nkind = "npm"\nurl = "https://npm.acme.example/"\npackages = ["acme-*"]\n')
    base = mixed.begin()
    assert mixed.run("check", "--base", base).code == 0
    mixed.edit(mixed.configuration, "npm.acme.example", "evil.example")
    waits(mixed, base, "source internal: npm https://npm.acme.example/", "npm https://evil.example/ for acme-*")


def test_other_settings_of_npm_are_no_matter(mixed: MixedProject) -> None:
    """What says nothing of registries changes nothing, nor do the order of lines and the value of a token."""
    npmrc = mixed.folder / ".npmrc"
    npmrc.write_text(
        f"{npmrc.read_text()}//npm.acme.example/:_authToken={SECRET}\n@acme-x:registry=https://x.example\n"
    )
    base = mixed.begin()
    lines = npmrc.read_text().replace(SECRET, "another").splitlines()
    npmrc.write_text("\n".join([*reversed(lines), "fund=false", "save-exact=true", "# registry=x", ""]))
    done = mixed.run("check", "--base", base)
    assert done.code == 0, done.out


def test_npmrc_without_a_package_json_is_no_matter(mixed: MixedProject) -> None:
    """It decides nothing of a project that has no npm packages."""
    (mixed.folder / "package.json").unlink()
    (mixed.folder / ".npmrc").unlink()
    mixed.must("lock")
    base = mixed.begin()
    (mixed.folder / ".npmrc").write_text(f"registry={EVIL}\n")
    assert mixed.run("check", "--base", base).code == 0


def test_a_link_in_place_of_npmrc_is_refused(mixed: MixedProject) -> None:
    """No revision has what it leads to."""
    base = mixed.begin()
    (mixed.folder / "ci").mkdir()
    (mixed.folder / ".npmrc").rename(mixed.folder / "ci" / "npmrc")
    (mixed.folder / ".npmrc").symlink_to("ci/npmrc")
    done = mixed.run("check", "--base", base)
    assert done.code == 2
    assert ".npmrc" in done.err


def test_a_file_that_nobody_signs_does_not_decide(mixed: MixedProject) -> None:
    """Neither the user's settings nor certificates, where they lie in the repository; without approvals they do."""
    (mixed.folder / "ci").mkdir()
    settings = mixed.folder / "ci" / "npmrc"
    settings.write_text("fund=false\n")
    mixed.environment["npm_config_userconfig"] = str(settings)
    mixed.must("lock", "--refresh")
    mixed.begin()
    mixed.must("lock", "--refresh")
    settings.write_text("@babel:registry=https://evil.example/\n")
    done = mixed.run("lock", "--refresh")
    assert (done.code, str(settings) in done.err, "nobody signs" in done.err) == (2, True, True)
    settings.write_text(f"cafile={settings}\n")
    assert "nobody signs" in mixed.run("lock", "--refresh").err
    settings.write_text("fund=false\n")
    (mixed.folder / ".npmrc").write_text(mixed.npm.npmrc + "cafile=ci/ours.pem\n")
    done = mixed.run("verify")
    assert (done.code, "ci/ours.pem" in done.err, "as ca[]=" in done.err) == (2, True, True)
