"""Private registries of npm packages, by the command: who is told the token, and what is said without one."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.loopback import Loopback, Reply, loopback
from tests.support.npm_project import NpmProject
from tests.support.npm_registry import Answer, Habits, NpmRegistry, release, serving
from tests.support.npm_signing_registry import SigningRegistry, signing_registry
from tests.support.project import Done
from tests.support.sigstore_identities import GitHubWorkflow
from tests.support.tls import Authority

SECRET = "s3cret-of-ann"
APP = release("@acme/app", "2.0.0", dependencies={"@acme/core": "~1.0.0"})
CORE = (release("@acme/core", "1.0.0"), release("@acme/core", "1.1.0", bin={"acme-core": "index.js"}))


@pytest.fixture
def acme() -> Iterator[NpmRegistry]:
    """A registry below a path that nobody reads without the token."""
    with serving(APP, *CORE, habits=Habits(path="/team/npm/", token=SECRET)) as registry:
        yield registry


@pytest.fixture
def elsewhere() -> Iterator[Loopback]:
    """Another host, which is to see no credentials."""
    with loopback() as server:
        yield server


def npmrc(registry: NpmRegistry, credentials: str = "_authToken=${ACME_TOKEN}", more: str = "") -> str:
    """The scope's registry, and credentials of which the value stands elsewhere."""
    place = registry.url.partition(":")[2]
    line = f"{place}:{credentials}\n" if credentials else ""
    return f"registry=http://127.0.0.1:9/\n@acme:registry={registry.url}\n{line}{more}"


def project(
    folder: Path, registry: NpmRegistry, text: str = "", token: str = SECRET, wishes: Mapping[str, str] | None = None
) -> NpmProject:
    """A project that asks for the scope's packages alone; the token is in the environment."""
    made = NpmProject(folder, registry, wishes or {"@acme/app": "^2.0.0"}, npmrc=text or npmrc(registry))
    if token:
        made.environment["ACME_TOKEN"] = token
    return made


def refused(made: NpmProject, *words: str) -> Done:
    """Lock, which must not work, leave no lock behind and show no secret."""
    done = made.run(*(words or ("lock",)))
    assert done.code in (2, 3, 4), done.out
    assert not (made.folder / "holdfast.lock").exists()
    assert SECRET not in done.out + done.err
    return done


def test_private_packages_are_locked_checked_verified_and_exported(tmp_path: Path, acme: NpmRegistry) -> None:
    """Every request has the token, and no file that is written has it, nor the registry's address in a pin."""
    made = project(tmp_path, acme, wishes={"@acme/app": "^2.0.0", "@acme/core": "^1.0.0"}).locked()
    assert made.versions == {"@acme/app@2.0.0", "@acme/core@1.0.0", "@acme/core@1.1.0"}
    assert made.run("check").code == 0
    assert made.run("verify").out.startswith("verified 3 artifacts of 3 packages")
    assert made.run("export", "package-lock", "-o", str(made.folder / "package-lock.json")).code == 0
    entries = json.loads(made.read("package-lock.json"))["packages"]
    assert entries["node_modules/@acme/app"]["resolved"] == f"{acme.url}@acme/app/-/app-2.0.0.tgz"
    done = made.run("check", "--against", str(made.folder / "package-lock.json"))
    assert done.code == 0, done.out + done.err
    assert {asked.headers.get("authorization") for asked in acme.asked} == {f"Bearer {SECRET}"}
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


@pytest.mark.parametrize(
    ("credentials", "status", "said"),
    [
        ("", 401, "status 401, no credentials were found for this host in the .npmrc files and npm_config_ variables"),
        ("_authToken=stale", 401, "status 401, the credentials that were sent were not accepted"),
        ("_authToken=${ACME_TOKEN}", 403, "status 403, the credentials that were sent were not accepted"),
        ("_authToken=${ACME_TOKEN}", 451, "status 451, unavailable for legal reasons"),
    ],
)
def test_a_refusal_says_whether_there_were_credentials(
    credentials: str, status: int, said: str, tmp_path: Path, acme: NpmRegistry
) -> None:
    """The package, the status and the places where credentials belong are named."""
    acme.answers["/@acme/app"] = Answer(status)
    done = refused(project(tmp_path, acme, npmrc(acme, credentials)))
    assert done.code == 3
    assert f"error: acme refused to give @acme/app: {said}" in done.err
    assert "hint: check the URL of the source and its credentials" in done.err
    assert ".npmrc" in done.err


def test_a_package_that_is_hidden_is_not_said_to_be_nowhere(tmp_path: Path, acme: NpmRegistry) -> None:
    """Registries answer 404 to those who may not see a package: the one that was asked is named."""
    acme.answers["/@acme/app"] = Answer(404)
    done = refused(project(tmp_path, acme))
    assert done.code == 4
    assert "there is no package @acme/app in its registry" in done.out
    assert f"acme ({acme.url}) says so, as registries also do to those without access" in done.out


def test_a_token_in_a_variable_that_is_not_set_is_an_error_with_its_place(tmp_path: Path, acme: NpmRegistry) -> None:
    """File and line; nothing is asked of the registry, and `check`, which asks nothing, does not mind."""
    made = project(tmp_path, acme, token="")
    done = refused(made)
    assert done.code == 2
    assert f"{made.folder / '.npmrc'}, line 3: " in done.err
    assert "the variable ${ACME_TOKEN}, which is not set" in done.err
    assert "hint: set ACME_TOKEN" in done.err
    assert acme.asked == []
    made.environment["ACME_TOKEN"] = SECRET
    made.locked()
    del made.environment["ACME_TOKEN"]
    assert made.run("check").code == 0


@pytest.mark.parametrize("place", ["packument", "tarball"])
def test_the_token_does_not_follow_a_redirect(
    place: str, tmp_path: Path, acme: NpmRegistry, elsewhere: Loopback
) -> None:
    """Another port is another origin: what is asked for there is asked for without credentials."""
    path = "/@acme/core" if place == "packument" else "/@acme/core/-/core-1.0.0.tgz"
    acme.answers[path] = Answer(302, headers=(("Location", f"{elsewhere.url}/moved"),))
    body = json.dumps(acme.packument("@acme/core")).encode() if place == "packument" else CORE[0].tarball
    elsewhere.routes["/moved"] = Reply(200, body)
    made = project(tmp_path, acme).locked()
    assert made.run("verify").code == 0
    assert elsewhere.asked
    assert all("authorization" not in asked.headers for asked in elsewhere.asked)


def test_the_token_does_not_go_to_a_tarball_on_another_host(
    tmp_path: Path, acme: NpmRegistry, elsewhere: Loopback
) -> None:
    """The bytes are what is pinned, wherever they come from, but nobody there hears the token."""
    document = acme.packument("@acme/core")
    document["versions"]["1.0.0"]["dist"]["tarball"] = f"{elsewhere.url}/files/core.tgz"
    acme.answers["/@acme/core"] = Answer(200, json.dumps(document).encode())
    elsewhere.routes["/files/core.tgz"] = Reply(200, CORE[0].tarball)
    made = project(tmp_path, acme).locked()
    assert made.run("verify").code == 0
    assert [asked.path for asked in elsewhere.asked] == ["/files/core.tgz"]
    assert "authorization" not in elsewhere.asked[0].headers


def test_the_token_does_not_leave_the_path_that_it_is_for(tmp_path: Path, acme: NpmRegistry) -> None:
    """Another folder of the same host is no part of the registry: `//host/team/npm/` is above it, not beside it."""
    document = acme.packument("@acme/core")
    document["versions"]["1.0.0"]["dist"]["tarball"] = f"{acme.origin}/public/core.tgz"
    acme.answers["/@acme/core"] = Answer(200, json.dumps(document).encode())
    made = project(tmp_path, acme).locked()
    assert made.run("verify").code != 0
    (asked,) = [one for one in acme.asked if one.path == "/public/core.tgz"]
    assert "authorization" not in asked.headers


def test_the_token_does_not_go_to_attestations_on_another_host(tmp_path: Path, elsewhere: Loopback) -> None:
    """A packument may link to evidence anywhere."""
    habits = Habits(token=SECRET)
    with signing_registry(APP, *CORE, habits=habits) as registry:
        registry.attest("@acme/core", "1.0.0", GitHubWorkflow())
        document = registry.packument("@acme/core")
        document["versions"]["1.0.0"]["dist"]["attestations"]["url"] = f"{elsewhere.url}/attested"
        registry.answers["/@acme/core"] = Answer(200, json.dumps(document).encode())
        elsewhere.routes["/attested"] = Reply(200, registry.attestations["@acme/core@1.0.0"])
        made = signed(tmp_path, registry)
        assert "github:101/.github/workflows/release.yml" in made.pin("@acme/core").signers
    assert [asked.headers.get("authorization") for asked in elsewhere.asked] == [None]


def test_a_lock_that_says_another_registry_is_put_right_and_fetches_nothing_from_there(
    tmp_path: Path, acme: NpmRegistry, elsewhere: Loopback
) -> None:
    """Where bytes come from is decided by the settings, never by the lock; a pin moved to another source is drift."""
    made = project(tmp_path, acme).locked()
    before = made.read("holdfast.lock")
    made.write("holdfast.lock", before.replace(acme.url, f"{elsewhere.url}/"))
    assert made.run("verify").code == 0
    assert made.run("lock", "--refresh").code == 0
    assert made.read("holdfast.lock") == before
    assert elsewhere.asked == []
    made.write("holdfast.lock", before.replace('source = "acme"', 'source = "npm"'))
    done = made.run("check")
    assert done.code == 1
    assert "acme:@acme/app ^2.0.0" in done.out


def signed(folder: Path, registry: SigningRegistry) -> NpmProject:
    """The project over a registry that signs, locked."""
    made = project(folder, registry)
    registry.pin_root(made)
    return made.locked()


def test_certificates_are_those_of_cafile_and_are_always_verified(tmp_path: Path) -> None:
    """Without it nothing is believed, `strict-ssl=false` or not, and the message says what to do instead."""
    authority = Authority(tmp_path)
    with serving(APP, *CORE, habits=Habits(token=SECRET, tls=authority.server())) as registry:
        made = project(tmp_path, registry)
        done = refused(made)
        assert done.code == 3
        assert "the certificate is not trusted: " in done.err
        made.write(".npmrc", npmrc(registry, more="strict-ssl=false\n"))
        done = refused(made)
        where = f"strict-ssl=false in {made.folder / '.npmrc'}, line 4"
        assert f"; {where} does not count here, name the authority with cafile" in done.err
        made.write(".npmrc", npmrc(registry, more=f"cafile={tmp_path}/none.pem\n"))
        assert "expected a file of certificates in PEM" in refused(made).err
        assert registry.asked == []
        made.write(".npmrc", npmrc(registry, more=f"cafile={authority.file}\n"))
        made.locked()
        assert made.run("verify").code == 0


def test_a_client_certificate_is_shown_to_its_registry(tmp_path: Path) -> None:
    """`certfile` and `keyfile` stand under the registry's address; without them it breaks the connection off."""
    authority = Authority(tmp_path)
    certificate, key = authority.client("ann")
    with serving(APP, *CORE, habits=Habits(tls=authority.server(asks=True))) as registry:
        place = registry.url.partition(":")[2]
        base = npmrc(registry, "", f"cafile={authority.file}\nfetch-retries=0\n")
        made = project(tmp_path, registry, base)
        assert refused(made).code == 3
        made.write(".npmrc", f"{base}{place}:certfile={certificate}\n{place}:keyfile={key}\n")
        made.locked()


def test_a_proxy_is_npms_own(tmp_path: Path, elsewhere: Loopback) -> None:
    """It gets the requests, is named when it is away, and `noproxy` goes past it."""
    with serving(APP, *CORE) as registry:
        made = project(tmp_path, registry, npmrc(registry, "", f"proxy={elsewhere.url}\n"))
        name = f"{registry.url}@acme%2Fapp"
        elsewhere.routes[name] = Reply(407)
        done = refused(made)
        assert "status 407, the proxy wants credentials: put them into the proxy's address" in done.err
        assert registry.asked == []
        made.write(".npmrc", npmrc(registry, "", "proxy=http://127.0.0.1:9/\n"))
        assert "no connection through the proxy" in refused(made).err
        made.write(".npmrc", npmrc(registry, "", "proxy=http://127.0.0.1:9/\nnoproxy=127.0.0.1\n"))
        made.locked()
