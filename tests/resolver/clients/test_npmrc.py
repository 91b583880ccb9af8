"""Which registries npm would use, and how it would reach them: tables of environments and files."""

import base64
from itertools import pairwise

import pytest

from holdfast_resolver.clients.credentials import Credentials
from holdfast_resolver.clients.npm_credentials import Bearer, EncodedPair
from holdfast_resolver.clients.npm_sources import npm_credential_book, npm_sources, transport_settings
from holdfast_resolver.clients.npmrc import NpmSettings, npm_settings
from holdfast_resolver.clients.npmrc_files import expand, read_npmrc
from holdfast_resolver.clients.proxies import Proxies
from holdfast_resolver.clients.urls import Origin
from holdfast_resolver.errors import ClientSettingsError
from holdfast_resolver.values.wishes import Source

A, B = "https://a.example/", "https://b.example/"
PROJECT, HOME = "/home/me/code/project", "/home/me"
MINE = f"{PROJECT}/.npmrc"


def settings(
    files: dict[str, str] | str | None = None, environment: dict[str, str] | None = None, platform: str = "linux"
) -> NpmSettings:
    """The settings for an environment and a disk with only these files; a text is the project's."""
    texts = {MINE: files} if isinstance(files, str) else files or {}

    def read(path: str) -> bytes | None:
        return texts[path].encode() if path in texts else None

    return npm_settings(environment or {}, read, PROJECT, HOME, platform)


def test_without_settings_the_public_default_serves() -> None:
    """Nothing set: no URL, no scope, system certificates; the one source is npm's public registry."""
    assert settings() == NpmSettings()
    assert npm_sources(settings()) == (Source("npm", "npm", "", "npm"),)


ORDER: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("npm_config_registry", {"npm_config_registry": A}, {}),
    (f"{MINE}, line 1", {}, {MINE: f"registry={A}"}),
    (f"{HOME}/.npmrc, line 1", {}, {f"{HOME}/.npmrc": f"registry={A}"}),
    ("/usr/local/etc/npmrc, line 1", {}, {"/usr/local/etc/npmrc": f"registry={A}"}),
    ("/usr/etc/npmrc, line 1", {}, {"/usr/etc/npmrc": f"registry={A}"}),
]


@pytest.mark.parametrize(("stronger", "weaker"), list(pairwise(ORDER)))
def test_each_place_wins_over_the_next(
    stronger: tuple[str, dict[str, str], dict[str, str]], weaker: tuple[str, dict[str, str], dict[str, str]]
) -> None:
    """Of two neighbours in the order, the stronger one's registry is used and named."""
    files = {path: text.replace(A, B) for path, text in weaker[2].items()} | stronger[2]
    found = settings(files, stronger[1])
    assert (found.registry, found.origin) == (A, stronger[0])
    assert settings(weaker[2], weaker[1]).origin == weaker[0]


PLACES: list[tuple[str, dict[str, str], dict[str, str], str]] = [
    ("/my/npmrc", {"NPM_CONFIG_USERCONFIG": "/my/npmrc"}, {}, "linux"),
    (f"{HOME}/my.rc", {"npm_config_userconfig": "~/my.rc"}, {}, "linux"),
    ("/my/global", {"npm_config_globalconfig": "/my/global"}, {}, "linux"),
    ("/opt/node/etc/npmrc", {"npm_config_prefix": "/opt/node"}, {}, "linux"),
    ("/opt/node/etc/npmrc", {"PREFIX": "/opt/node"}, {}, "linux"),
    (f"{HOME}/.global/etc/npmrc", {}, {f"{HOME}/.npmrc": "prefix=~/.global"}, "linux"),
    ("C:\\Users\\me\\AppData\\Roaming\\npm\\etc\\npmrc", {"APPDATA": "C:\\Users\\me\\AppData\\Roaming"}, {}, "win32"),
]


@pytest.mark.parametrize(("path", "environment", "files", "platform"), PLACES)
def test_files_are_where_npm_has_them(
    path: str, environment: dict[str, str], files: dict[str, str], platform: str
) -> None:
    """The variables that move npm's files move them here."""
    found = settings({**files, path: f"registry={A}"}, environment, platform)
    assert found.origin == f"{path}, line 1"


def test_a_moved_user_file_takes_the_place_of_the_usual_one() -> None:
    """As a runner of CI sets it up: the usual file is not read then."""
    files = {f"{HOME}/.npmrc": f"registry={A}", "/ci/npmrc": "strict-ssl=false"}
    found = settings(files, {"NPM_CONFIG_USERCONFIG": "/ci/npmrc"})
    assert (found.registry, found.unverified) == ("", "strict-ssl=false in /ci/npmrc, line 1")


def test_a_project_in_the_home_folder_has_one_file() -> None:
    """The same file is not two places of the chain."""
    content = f"registry={A}\n"
    found = npm_settings({}, lambda path: content.encode() if path == f"{HOME}/.npmrc" else None, HOME, HOME, "linux")
    assert found.origin == f"{HOME}/.npmrc, line 1"


def test_scopes_have_registries_of_their_own() -> None:
    """Each becomes a source with its scope's packages; one that is the main registry again becomes none."""
    found = settings(f"registry={A}\n@acme:registry = {B}team\n@same:registry={A}\n@npm:registry={B}\n")
    assert found.scopes == (("acme", f"{B}team/"), ("npm", B), ("same", A))
    assert npm_sources(found) == (
        Source("npm", "npm", A, A),
        Source("acme", "npm", f"{B}team/", f"{B}team/", ("@acme/*",)),
        Source("npm-scope-npm", "npm", B, B, ("@npm/*",)),
    )
    by_variable = settings({}, {"npm_config_@acme:registry": B})
    assert by_variable.scopes == (("acme", B),)


READ: list[tuple[str, dict[str, str]]] = [
    ("; comment\n# comment\n\n  registry = x  ", {"registry": "x"}),
    ("registry=x ; comment", {"registry": "x"}),
    ("registry=x # comment", {"registry": "x"}),
    ("a=x\\;y\\#z\\\\", {"a": "x;y#z\\"}),
    ("a=\\n", {"a": "\\n"}),
    ('a="x ; y"', {"a": "x ; y"}),
    ('a="x\\ny"', {"a": "x\ny"}),
    ("a='x ; y'", {"a": "x ; y"}),
    ('a="broken\\x"', {"a": '"broken\\x"'}),
    ("strict-ssl", {"strict-ssl": "true"}),
    ("a=", {"a": ""}),
    ("a=b=c==", {"a": "b=c=="}),
    ("\ufeffa=1\r\nb=2\rc=3", {"a": "1", "b": "2", "c": "3"}),
    ("[section]\nregistry=x", {}),
    ("=x", {}),
    ("a=1\na=2", {"a": "2"}),
    ("__proto__=1", {"__proto__": "1"}),
    ("//h.example/:_authToken=${T}", {"//h.example/:_authToken": "secret"}),
    ("${K}=1", {"key": "1"}),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[ascii(text) for text, _ in READ])
def test_the_dialect_of_npm_is_read(text: str, expected: dict[str, str]) -> None:
    """Comments, quotes, escapes, sections and bare keys, as npm's reader has them."""
    found = read_npmrc(text.encode(), "/x/.npmrc", {"T": "secret", "K": "key"})
    assert {key: values[-1].value for key, values in found.items()} == expected
    assert all("secret" not in repr(values) for values in found.values())


EXPANDED: list[tuple[str, str, str]] = [
    ("${A}", "1", ""),
    ("x${A}y${B}z", "x1y2z", ""),
    ("${NONE}", "${NONE}", "NONE"),
    ("${NONE?}", "", ""),
    ("${A?}", "1", ""),
    ("\\${A}", "${A}", ""),
    ("\\\\${A}", "\\1", ""),
    ("${EMPTY}", "", ""),
    ("$A ${A", "$A ${A", ""),
    ("${}", "${}", ""),
    ("${x${A}", "${x1", ""),
    ("${NONE}${OTHER}", "${NONE}${OTHER}", "NONE"),
]


@pytest.mark.parametrize(("text", "expected", "missing"), EXPANDED)
def test_variables_are_put_in(text: str, expected: str, missing: str) -> None:
    """One that is not set stays as it is written, and is named."""
    assert expand(text, {"A": "1", "B": "2", "EMPTY": ""}) == (expected, missing)


BASIC = base64.b64encode(b"me:s3cret").decode()
CREDENTIALS: list[tuple[str, Credentials]] = [
    ("//a.example/:_authToken=t0ken", Bearer("t0ken")),
    (f"//a.example/:_auth={BASIC}", EncodedPair(BASIC)),
    (
        f"//a.example/:username=me\n//a.example/:_password={base64.b64encode(b's3cret').decode()}",
        Credentials("me", "s3cret"),
    ),
    (f"//a.example/:_auth={BASIC}\n//a.example/:_authToken=t0ken", Bearer("t0ken")),
    ("//a.example:443/:_authToken=t0ken", Bearer("t0ken")),
    ("//a.example:_authToken=t0ken", Bearer("t0ken")),
    ("registry=https://me:s3cret@a.example/", Credentials("me", "s3cret")),
]


@pytest.mark.parametrize(("text", "expected"), CREDENTIALS)
def test_credentials_are_read_in_every_form(text: str, expected: Credentials) -> None:
    """Tokens, encoded pairs, names with passwords, and user information of a URL; none shows itself."""
    found = settings(f"registry={A}\n{text}\n")
    assert npm_credential_book(found).find(f"{A}left-pad") == expected
    for secret in ("t0ken", "s3cret", BASIC):
        assert secret not in repr(found) + repr(found.credentials) + found.registry


@pytest.mark.parametrize(
    ("credentials", "header"),
    [
        (Bearer("t0ken"), "Bearer t0ken"),
        (EncodedPair(BASIC), f"Basic {BASIC}"),
        (Credentials("me", "s3cret"), f"Basic {BASIC}"),
    ],
)
def test_each_form_has_its_header(credentials: Credentials, header: str) -> None:
    """What is sent is what npm sends; forms are never equal to each other."""
    assert credentials.authorization() == header
    assert Bearer("x") != Credentials("", "x")


WHERE: list[tuple[str, str, bool]] = [
    ("//a.example/team/", "https://a.example/team/x", True),
    ("//a.example/team/", "https://a.example/team", True),
    ("//a.example/team", "https://a.example/team/x?y#z", True),
    ("//a.example/team", "https://a.example/teams/x", False),
    ("//a.example/team/", "https://a.example/x", False),
    ("//a.example/team/", "https://a.example/team/../x", False),
    ("//a.example/team/", "https://a.example/team/%2e%2E/x", False),
    ("//a.example/team/", "https://a.example/team/..\\x", False),
    ("//a.example/", "https://a.example:444/x", False),
    ("//a.example:444/", "https://a.example:444/x", True),
    ("//a.example/", "https://evil.example/x", False),
    ("//a.example/", "https://a.example.evil.example/x", False),
    ("//a.example/", "https://a.example@evil.example/x", False),
    ("//a.example/", "https://sub.a.example/x", False),
    ("//a.example/", "http://a.example/x", False),
    ("//plain.example/", "http://plain.example/x", True),
    ("//plain.example/", "ftp://plain.example/x", False),
]


@pytest.mark.parametrize(("prefix", "url", "sent"), WHERE)
def test_credentials_go_below_their_address_and_nowhere_else(prefix: str, url: str, sent: bool) -> None:
    """Not to a neighbour, not out of the folder, not without encryption unless the registry was configured so."""
    found = settings(f"registry=http://plain.example/\n@acme:registry={A}\n{prefix}:_authToken=t0ken\n")
    assert (npm_credential_book(found).find(url) is not None) == sent


def test_the_longest_address_wins() -> None:
    """A team's token goes to the team's folder, the general one elsewhere on that host."""
    found = settings("//a.example/:_authToken=all\n//a.example/team/:_authToken=team\n")
    book = npm_credential_book(found)
    assert book.find(f"{A}team/x") == Bearer("team")
    assert book.find(f"{A}x") == Bearer("all")


def test_a_stronger_place_overrides_one_credential_alone() -> None:
    """The project's token counts, the user's other registries stay."""
    mine = "//a.example/:_authToken=user\n//b.example/:_authToken=user\n"
    found = settings({MINE: "//a.example/:_authToken=project\n", f"{HOME}/.npmrc": mine})
    book = npm_credential_book(found)
    assert (book.find(A), book.find(B)) == (Bearer("project"), Bearer("user"))
    by_variable = settings(mine, {"npm_config_//a.example/:_authToken": "variable"})
    assert npm_credential_book(by_variable).find(A) == Bearer("variable")


REFUSED: list[tuple[str, str]] = [
    ("registry=nonsense", "a registry URL"),
    ("registry=file:///srv/npm", "a registry URL"),
    ("registry=https://a.example/?x=1", "a registry URL"),
    ("registry=https://a.example:99999/", "a registry URL"),
    ("registry=https://a .example/", "a registry URL"),
    ("registry=${NONE}", "a registry URL"),
    ("@acme:registry=https://${NONE}/", "a registry URL"),
    ("_authToken=s3cret", "with the registry they are for"),
    ("_auth=s3cret", "with the registry they are for"),
    ("username=me\n_password=s3cret", "with the registry they are for"),
    ("//a.example/:username=me\n//a.example/:_password=s3cret*", "base64"),
    ('//a.example/:_authToken="s3cret\\r\\nX-Evil: 1"', "in one line"),
    ("proxy=ftp://proxy.example", "proxy"),
    ("https-proxy=${NONE}", "proxy"),
    ("ca=nonsense", "PEM"),
]


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_what_cannot_be_used_is_refused_with_its_place(text: str, expected: str) -> None:
    """The file and the line are named, a secret never is."""
    with pytest.raises(ClientSettingsError) as caught:
        settings(text)
    assert expected in caught.value.expected
    assert caught.value.origin.startswith(f"{MINE}, line ")
    assert "s3cret" not in str(caught.value)


def test_settings_that_say_off_are_off() -> None:
    """`null`, `false` and nothing unset what a weaker place has set, or are as if they were not there."""
    found = settings({MINE: "registry=null\nproxy=false\ncafile=\nca=null\n", f"{HOME}/.npmrc": f"registry={A}"})
    assert (found.registry, found.ca_file, found.ca_text) == ("", "", "")


PROXIED: list[tuple[str, dict[str, str], Proxies]] = [
    ("", {"HTTPS_PROXY": "http://p.example:1"}, Proxies("", "http://p.example:1")),
    ("https-proxy=http://p.example:1", {"HTTPS_PROXY": "http://q.example"}, Proxies("", "http://p.example:1")),
    ("proxy=p.example:1", {}, Proxies("http://p.example:1", "http://p.example:1")),
    ("proxy=false", {"HTTPS_PROXY": "http://q.example"}, Proxies()),
    ("proxy=null", {"HTTPS_PROXY": "http://q.example"}, Proxies("", "http://q.example")),
    ("noproxy=A.example, b.example", {"NO_PROXY": "c.example"}, Proxies("", "", ("a.example", "b.example"))),
    ("", {"NO_PROXY": "c.example"}, Proxies("", "", ("c.example",))),
]


@pytest.mark.parametrize(("text", "environment", "expected"), PROXIED)
def test_proxies_are_npms_own_or_those_of_the_environment(
    text: str, environment: dict[str, str], expected: Proxies
) -> None:
    """npm's settings come first, `proxy=false` means none."""
    assert settings(text, environment).proxies == expected


def test_certificates_are_named_or_written_out() -> None:
    """A file is resolved as npm does; several certificates may stand in the settings themselves."""
    assert settings("cafile=~/ca.pem").ca_file == f"{HOME}/ca.pem"
    assert settings("cafile=certs/ca.pem").ca_file == f"{PROJECT}/certs/ca.pem"
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    found = settings(f'ca[]="{begin}\\nAA\\n{end}"\nca[]={begin}\\nBB\\n{end}\n', {"NODE_EXTRA_CA_CERTS": "/x.pem"})
    assert found.ca_text == f"{begin}\nAA\n{end}\n{begin}\nBB\n{end}"
    transport = transport_settings(found)
    assert (transport.ca_text, transport.extra_ca_file) == (found.ca_text, "/x.pem")


def test_certificates_are_verified_whatever_is_said_and_who_said_it_is_kept() -> None:
    """`strict-ssl=false` and node's variable are for the message about a certificate that is not trusted."""
    assert settings("strict-ssl=false").unverified == f"strict-ssl=false in {MINE}, line 1"
    assert settings("strict-ssl=true").unverified == ""
    found = settings("", {"NODE_TLS_REJECT_UNAUTHORIZED": "0"})
    assert transport_settings(found).unverified == found.unverified == "NODE_TLS_REJECT_UNAUTHORIZED=0"


def test_a_client_certificate_is_for_its_registry_alone() -> None:
    """It goes with its key, is bound to the host, and a variable that is not set is refused."""
    pair = "//a.example/npm/:certfile=~/me.pem\n//a.example/npm/:keyfile=me.key\n"
    (found,) = transport_settings(settings(pair)).client_certs
    assert found == (Origin("https", "a.example", 443), f"{HOME}/me.pem", f"{PROJECT}/me.key")
    assert settings("//a.example/:certfile=/me.pem").client_certs == ()
    with pytest.raises(ClientSettingsError) as caught:
        settings("//a.example/:certfile=/me.pem\n//a.example/:keyfile=${NONE}")
    assert (caught.value.origin, "${NONE}" in caught.value.found) == (f"{MINE}, line 2", True)
