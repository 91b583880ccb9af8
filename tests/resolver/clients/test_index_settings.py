"""Which index pip and uv would use: tables of environments and files."""

import sys
from itertools import pairwise

import pytest

from holdfast_resolver.clients.credentials import CredentialBook, Credentials
from holdfast_resolver.clients.settings import DEFAULT_TIMEOUT, IndexSettings, index_settings
from holdfast_resolver.errors import ClientSettingsError

A, B, C = (f"https://{name}.example/simple/" for name in "abc")
PROJECT = "/home/me/code/project"
HOME = "/home/me"


def settings(
    environment: dict[str, str] | None = None, files: dict[str, str] | None = None, platform: str = "linux"
) -> IndexSettings:
    """The settings for an environment and a disk with only these files."""

    def read(path: str) -> bytes | None:
        text = (files or {}).get(path)
        return None if text is None else text.encode()

    return index_settings(environment or {}, read, PROJECT, HOME, platform)


def pip_file(url: str, section: str = "global") -> str:
    return f"[{section}]\nindex-url = {url}\n"


def test_without_settings_the_public_default_serves() -> None:
    """Nothing set: no URL, no origin, system certificates, pip's time-out."""
    assert settings() == IndexSettings()
    assert settings().timeout == DEFAULT_TIMEOUT


ORDER: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("HOLDFAST_INDEX_URL", {"HOLDFAST_INDEX_URL": A}, {}),
    ("UV_DEFAULT_INDEX", {"UV_DEFAULT_INDEX": A}, {}),
    ("UV_INDEX_URL", {"UV_INDEX_URL": A}, {}),
    (f"{PROJECT}/uv.toml", {}, {f"{PROJECT}/uv.toml": f'index-url = "{A}"'}),
    ("/home/me/.config/uv/uv.toml", {}, {"/home/me/.config/uv/uv.toml": f'index-url = "{A}"'}),
    ("/etc/uv/uv.toml", {}, {"/etc/uv/uv.toml": f'[[index]]\nurl = "{A}"\ndefault = true'}),
    ("PIP_INDEX_URL", {"PIP_INDEX_URL": A}, {}),
    ("/opt/pip.conf", {"PIP_CONFIG_FILE": "/opt/pip.conf"}, {"/opt/pip.conf": pip_file(A)}),
    ("/venv/pip.conf", {"VIRTUAL_ENV": "/venv"}, {"/venv/pip.conf": pip_file(A)}),
    ("/home/me/.config/pip/pip.conf", {}, {"/home/me/.config/pip/pip.conf": pip_file(A)}),
    ("/home/me/.pip/pip.conf", {}, {"/home/me/.pip/pip.conf": pip_file(A)}),
    ("/etc/pip.conf", {}, {"/etc/pip.conf": pip_file(A)}),
    ("/etc/xdg/pip/pip.conf", {}, {"/etc/xdg/pip/pip.conf": pip_file(A)}),
]
# The user's pip files are not read where PIP_CONFIG_FILE exists, so that they follow it is shown apart.


@pytest.mark.parametrize(("stronger", "weaker"), list(pairwise(ORDER)))
def test_each_place_wins_over_the_next(
    stronger: tuple[str, dict[str, str], dict[str, str]], weaker: tuple[str, dict[str, str], dict[str, str]]
) -> None:
    """Of two neighbours in the order, the stronger one's index is used and named."""
    environment = {key: value.replace(A, B) for key, value in weaker[1].items()} | stronger[1]
    files = {path: text.replace(A, B) for path, text in weaker[2].items()} | stronger[2]
    found = settings(environment, files)
    assert (found.index_url, found.origin) == (A, stronger[0])
    alone = settings(weaker[1], weaker[2])
    assert (alone.index_url, alone.origin) == (A, weaker[0])


def test_pyproject_configures_uv_unless_a_uv_toml_stands_beside_it() -> None:
    """`[[tool.uv.index]]` with `default = true` is the main index; the others are extra ones."""
    pyproject = f"""
[project]
name = "x"
[[tool.uv.index]]
name = "inside"
url = "{B}"
[[tool.uv.index]]
url = "{A}"
default = true
"""
    path = f"{PROJECT}/pyproject.toml"
    found = settings(files={path: pyproject})
    assert (found.index_url, found.origin, found.extra_urls) == (A, path, ((B, path),))
    both = settings(files={path: pyproject, f"{PROJECT}/uv.toml": f'index-url = "{C}"'})
    assert (both.index_url, both.extra_urls) == (C, ())


@pytest.mark.parametrize(
    "text",
    [
        f'[tool.uv]\nindex-url = "{A}"',
        f'[ tool . "uv" ]\nindex-url = "{A}"',
        f"[tool]\nuv = {{ index-url = '{A}' }}",
        f'tool.uv.index-url = "{A}"',
        f'tool = {{ uv = {{ index-url = "{A}" }} }}',
    ],
)
def test_every_spelling_of_the_uv_table_is_found(text: str) -> None:
    """TOML has many ways to write one table; the shortcut that spares parsing misses none of these."""
    assert settings(files={f"{PROJECT}/pyproject.toml": text}).index_url == A


def test_a_folder_above_configures_uv_when_the_project_does_not() -> None:
    """The nearest folder with uv settings counts, as in a workspace."""
    files = {
        f"{PROJECT}/pyproject.toml": "[project]\nname = 'x'\n",
        "/home/me/code/pyproject.toml": f'[tool.uv]\nindex-url = "{A}"',
        "/home/me/uv.toml": f'index-url = "{B}"',
    }
    assert settings(files=files).index_url == A
    assert settings({"UV_NO_CONFIG": "1"}, files).index_url == ""
    explicit = settings({"UV_CONFIG_FILE": "/my/uv.toml"}, files | {"/my/uv.toml": f'index-url = "{C}"'})
    assert explicit.index_url == C


def test_a_pyproject_that_says_nothing_of_uv_is_not_parsed() -> None:
    """Not even a broken one: that is for the manifest reader to say."""
    assert settings(files={f"{PROJECT}/pyproject.toml": "[broken index uv\n"}).index_url == ""


def test_extra_indexes_are_reported_once_and_never_chosen() -> None:
    """They come strongest first, with where they stand, and never become the main index."""
    found = settings(
        {"UV_INDEX": f"inside={A} {B}", "UV_EXTRA_INDEX_URL": B, "PIP_INDEX_URL": C},
        {"/etc/pip.conf": f"[global]\nextra-index-url =\n    {A}\n    https://d.example/simple\n"},
    )
    assert found.index_url == C
    assert found.extra_urls == (
        (A, "UV_INDEX"),
        (B, "UV_INDEX"),
        ("https://d.example/simple/", "/etc/pip.conf"),
    )
    assert settings({"PIP_INDEX_URL": A, "PIP_EXTRA_INDEX_URL": A}).extra_urls == ()


def test_in_a_pip_file_install_wins_over_global_and_others_do_not_count() -> None:
    """Sections as `pip install` reads them."""
    text = pip_file(A, "install") + pip_file(B) + pip_file(C, "download")
    assert settings(files={"/etc/pip.conf": text}).index_url == A
    assert settings(files={"/etc/pip.conf": pip_file(C, "download")}).index_url == ""


def test_the_users_pip_files_are_left_out_where_pip_config_file_exists() -> None:
    """As pip does it; the null device leaves out all files."""
    files = {
        "/opt/pip.conf": "[global]\ntimeout = 3\n",
        "/home/me/.pip/pip.conf": pip_file(A),
        "/etc/pip.conf": pip_file(B),
    }
    found = settings({"PIP_CONFIG_FILE": "/opt/pip.conf"}, files)
    assert (found.index_url, found.timeout) == (B, 3.0)
    assert settings({"PIP_CONFIG_FILE": "/no/such"}, files).index_url == A
    assert settings({"PIP_CONFIG_FILE": "/dev/null"}, files).index_url == ""


def test_empty_variables_count_as_absent() -> None:
    """CI systems set variables to nothing."""
    names = ("HOLDFAST_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "PIP_INDEX_URL", "PIP_TIMEOUT")
    assert settings(dict.fromkeys(names, "")) == IndexSettings()


def test_a_pip_value_is_taken_literally() -> None:
    """pip expands variables in requirements files only, so a dollar stays a dollar."""
    found = settings(files={"/etc/pip.conf": pip_file("https://a.example/${TEAM}/simple")})
    assert found.index_url == "https://a.example/${TEAM}/simple/"


@pytest.mark.parametrize(
    ("platform", "environment", "path"),
    [
        ("win32", {"PROGRAMDATA": "C:\\P"}, "C:\\P\\pip\\pip.ini"),
        ("win32", {"APPDATA": "C:\\R"}, "C:\\R\\pip\\pip.ini"),
        ("win32", {"APPDATA": "C:\\R"}, "C:\\R\\uv\\uv.toml"),
        ("win32", {"VIRTUAL_ENV": "/venv"}, "/venv/pip.ini"),
        ("darwin", {}, "/Library/Application Support/pip/pip.conf"),
        ("darwin", {}, f"{HOME}/Library/Application Support/pip/pip.conf"),
        ("darwin", {}, f"{HOME}/.config/uv/uv.toml"),
        ("linux", {"XDG_CONFIG_HOME": "/x"}, "/x/pip/pip.conf"),
        ("linux", {"XDG_CONFIG_HOME": "/x"}, "/x/uv/uv.toml"),
        ("linux", {"XDG_CONFIG_DIRS": "/x:/y"}, "/y/pip/pip.conf"),
        ("linux", {"XDG_CONFIG_DIRS": "/x:/y"}, "/y/uv/uv.toml"),
    ],
)
def test_files_stand_where_each_platform_has_them(platform: str, environment: dict[str, str], path: str) -> None:
    """A file in its place is found and named as the origin."""
    text = f'index-url = "{A}"' if path.endswith(".toml") else pip_file(A)
    found = settings(environment, {path: text}, platform)
    assert (found.index_url, found.origin) == (A, path)


@pytest.mark.parametrize(
    ("environment", "ca_file"),
    [
        ({"PIP_CERT": "/p.pem", "SSL_CERT_FILE": "/s.pem"}, "/p.pem"),
        ({"SSL_CERT_FILE": "/s.pem", "REQUESTS_CA_BUNDLE": "/r.pem"}, "/s.pem"),
        ({"REQUESTS_CA_BUNDLE": "/r.pem", "CURL_CA_BUNDLE": "/c.pem"}, "/r.pem"),
        ({"CURL_CA_BUNDLE": "/c.pem"}, "/c.pem"),
    ],
)
def test_the_certificate_file(environment: dict[str, str], ca_file: str) -> None:
    """pip's setting first, then the shared variables."""
    assert settings(environment).ca_file == ca_file


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"UV_HTTP_TIMEOUT": "7", "PIP_TIMEOUT": "8"}, 7.0),
        ({"PIP_TIMEOUT": "8", "PIP_DEFAULT_TIMEOUT": "9"}, 8.0),
        ({"PIP_DEFAULT_TIMEOUT": "9.5"}, 9.5),
    ],
)
def test_the_timeout(environment: dict[str, str], seconds: float) -> None:
    """uv's variable first, then pip's two."""
    assert settings(environment).timeout == seconds


def test_the_other_settings_are_noted() -> None:
    """Proxy, client certificate, trusted hosts, find-links."""
    found = settings(
        {"NO_PROXY": "inside.example"},
        {
            "/etc/pip.conf": "[global]\nproxy = me:pw@proxy.example:3128\nclient_cert: /me.pem\n"
            "trusted-host = a.example b.example\nfind-links = /wheels https://w.example/\n"
        },
    )
    assert found.proxies.https == found.proxies.http == "http://me:pw@proxy.example:3128"
    assert found.proxies.bypass == ("inside.example",)
    assert found.client_cert == "/me.pem"
    assert found.trusted_hosts == ("a.example", "b.example")
    assert found.find_links == (("/wheels", "/etc/pip.conf"), ("https://w.example/", "/etc/pip.conf"))
    assert "pw" not in repr(found)


@pytest.mark.parametrize(
    ("environment", "no_index"),
    [
        ({"PIP_NO_INDEX": "1"}, "PIP_NO_INDEX"),
        ({"PIP_NO_INDEX": "true", "PIP_INDEX_URL": A}, "PIP_NO_INDEX"),
        ({"PIP_NO_INDEX": "0"}, ""),
        ({"UV_NO_INDEX": "1"}, "UV_NO_INDEX"),
        ({"PIP_NO_INDEX": "1", "UV_DEFAULT_INDEX": A}, ""),
        ({"UV_NO_INDEX": "1", "HOLDFAST_INDEX_URL": A}, ""),
    ],
)
def test_no_index_holds_unless_an_index_is_set_more_strongly(environment: dict[str, str], no_index: str) -> None:
    """Where it holds, its origin is given."""
    assert settings(environment).no_index == no_index


def test_credentials_leave_the_url_and_are_bound_to_its_origin() -> None:
    """No URL of the settings carries them, and no text of the settings shows them."""
    found = settings({"UV_DEFAULT_INDEX": "https://me:p%40ss@a.example:443/simple"})
    assert found.index_url == "https://a.example:443/simple/"
    book = CredentialBook(found.credentials)
    assert book.find("https://a.example/files/x.whl") == Credentials("me", "p@ss")
    assert book.find("https://a.example:8443/") is None
    assert book.find("http://a.example/") is None
    assert "p@ss" not in repr(found)
    assert "p%40ss" not in repr(found)


def test_credentials_of_a_named_index_come_from_uvs_variables() -> None:
    """`UV_INDEX_<NAME>_USERNAME` and `_PASSWORD`, for names in variables and files alike."""
    found = settings(
        {"UV_INDEX": f"my-index={A}", "UV_INDEX_MY_INDEX_USERNAME": "me", "UV_INDEX_MY_INDEX_PASSWORD": "pw"}
    )
    assert CredentialBook(found.credentials).find(A) == Credentials("me", "pw")


@pytest.mark.parametrize(
    ("environment", "files", "origin"),
    [
        ({"HOLDFAST_INDEX_URL": "simple/"}, {}, "HOLDFAST_INDEX_URL"),
        ({"UV_DEFAULT_INDEX": "ftp://a.example/"}, {}, "UV_DEFAULT_INDEX"),
        ({"UV_DEFAULT_INDEX": "https:///simple"}, {}, "UV_DEFAULT_INDEX"),
        ({"PIP_INDEX_URL": "https://a.example:x/"}, {}, "PIP_INDEX_URL"),
        ({"PIP_INDEX_URL": "https://a.example/ https://b.example/"}, {}, "PIP_INDEX_URL"),
        ({"PIP_INDEX_URL": "https://a.example/?x=1"}, {}, "PIP_INDEX_URL"),
        ({"PIP_TIMEOUT": "soon"}, {}, "PIP_TIMEOUT"),
        ({"UV_HTTP_TIMEOUT": "-1"}, {}, "UV_HTTP_TIMEOUT"),
        ({"HTTPS_PROXY": "socks5://p.example:1080"}, {}, "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY"),
        ({"PIP_PROXY": "ftp://p.example"}, {}, "PIP_PROXY"),
        ({}, {"/etc/pip.conf": "index-url = x\n"}, "/etc/pip.conf, line 1"),
        ({}, {"/etc/pip.conf": "[global]\nwhat is this\n"}, "/etc/pip.conf, line 2"),
        ({}, {"/etc/uv/uv.toml": "index-url = \n"}, "/etc/uv/uv.toml"),
        ({}, {"/etc/uv/uv.toml": "index = 1\n"}, "/etc/uv/uv.toml"),
        ({}, {"/etc/uv/uv.toml": "[[index]]\nname = 'x'\n"}, "/etc/uv/uv.toml, index[0]"),
        ({}, {"/etc/uv/uv.toml": "index-url = 1\n"}, "/etc/uv/uv.toml"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(
    environment: dict[str, str], files: dict[str, str], origin: str
) -> None:
    """A setting that pip or uv would stumble over stops us too, and says where it stands."""
    with pytest.raises(ClientSettingsError) as caught:
        settings(environment, files)
    assert caught.value.origin == origin


def test_a_wrong_url_is_shown_without_its_credentials() -> None:
    """An error message is no place for a password."""
    with pytest.raises(ClientSettingsError) as caught:
        settings({"PIP_INDEX_URL": "ftp://me:s3cret@a.example/"})
    assert "s3cret" not in str(caught.value)


def test_a_warm_run_loads_nothing_heavy() -> None:
    """The modules of this room stay off everything that costs start-up time."""
    import subprocess

    script = (
        "import sys; before = set(sys.modules)\n"
        "from holdfast_resolver.clients.settings import index_settings\n"
        "index_settings({'PIP_INDEX_URL': 'https://me:pw@a.example/'}, lambda path: None, '/p', '/h', 'linux')\n"
        "heavy = {'configparser', 'tomllib', 'urllib', 'netrc', 'ipaddress', 'packageurl', 'dataclasses'}\n"
        "print(sorted(heavy & (set(sys.modules) - before)))\n"
    )
    # -S: no site-packages, whose .pth files load modules of their own
    paths = [path for path in sys.path if path.endswith("resolver")]
    answer = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {paths!r}\n{script}"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert answer.stdout.strip() == "[]"
