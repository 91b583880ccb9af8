"""Modules, their sources and the policy on them: what the configuration says, and how a bad one is refused."""

import pytest

from holdfast.configuration.configuration import Configuration, module_source_of
from holdfast.configuration.read import read_configuration
from holdfast.errors import ConfigurationError
from holdfast.model.policy import Policy
from holdfast_resolver.values.requirements import Requirement
from holdfast_resolver.values.wishes import Source, Wish

ROOT = "sha256:" + 64 * "a"
OTHER_ROOT = "sha256:" + 64 * "b"


def source(name: str = "acme", *, packages: str = "", root: str = ROOT) -> str:
    more = f"packages = {packages}\n" if packages else ""
    return f'[sources.{name}]\nkind = "modules"\nurl = "https://{name}.example/m"\nroot = "{root}"\n{more}'


def reading(text: str) -> Configuration:
    return read_configuration({"holdfast.toml": text.encode()}.get)


def refused(text: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        reading(text)
    return caught.value


def test_modules_are_wishes_of_their_source() -> None:
    """Each module is a wish with the npm range in canonical form and its line; "*" is any version."""
    found = reading(
        source()
        + """[modules]
"@acme/guards" = "^2.1"
"@acme/any" = "*"
"@acme/table" = { version = " >=1.2 <3 || ~4 " }
"""
    )
    wishes = [("guards", "^2.1", 6), ("any", "", 7), ("table", ">=1.2 <3 || ~4", 8)]
    assert found.modules == tuple(
        Wish(Requirement("acme", f"@acme/{name}", range=written), "module", "", "holdfast.toml", line)
        for name, written, line in wishes
    )


def test_module_sources_stand_apart_from_those_of_python_packages() -> None:
    """A module source is what its root digest says, and no Python package can ever resolve in it."""
    found = reading(source() + "[sources.pypi]\nurl = 'https://mirror.example/simple/'\n")
    assert found.module_sources == (Source("acme", "modules", "https://acme.example/m/", ROOT, ()),)
    assert [one.name for one in found.sources] == ["pypi"]
    assert found.unread == ()


def test_a_lone_module_source_has_every_name() -> None:
    """Without patterns it claims all modules; with patterns only those."""
    assert module_source_of(reading(source()), "@other/thing") == "acme"
    found = reading(source(packages='["@acme/*", "@x/one"]'))
    assert [module_source_of(found, name) for name in ("@acme/a", "@x/one", "@x/two", "@acme-x/a")] == [
        "acme",
        "acme",
        "",
        "",
    ]
    assert module_source_of(Configuration(), "@acme/a") == ""


def test_of_several_module_sources_each_has_its_own_names() -> None:
    """A module resolves in the one source whose patterns claim it."""
    found = reading(
        source(packages='["@acme/*"]')
        + source("tools", packages='["@tools/*", "@x/one"]', root=OTHER_ROOT)
        + '[modules]\n"@x/one" = "1"\n"@acme/a" = "1"\n'
    )
    assert [wish.requirement.source for wish in found.modules] == ["tools", "acme"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("@acme/*", "@acme/*"),
        ("@acme/*", "@acme/guards"),
        ("@acme/guards", "@acme/*"),
        ("@acme/guards", "@acme/guards"),
    ],
)
def test_no_two_module_sources_claim_one_name(first: str, second: str) -> None:
    """Patterns that share a name are refused at the second one, with the first one's owner."""
    error = refused(
        source("one", packages=f'["{first}"]') + source("two", packages=f'["@b/c", "{second}"]', root=OTHER_ROOT)
    )
    assert error.where == "sources.two.packages[1]"
    assert error.expected == f"modules that no other source claims; one has {first}"


def test_neighbouring_scopes_are_no_clash() -> None:
    """`@acme/*` has nothing in common with `@acme-x/*` nor with a neighbour's single module."""
    text = source("one", packages='["@acme/*", "@b/a"]') + source(
        "two", packages='["@acme-x/*", "@b/ab"]', root=OTHER_ROOT
    )
    assert len(reading(text).module_sources) == 2


@pytest.mark.parametrize(
    ("text", "where", "line", "expected", "found"),
    [
        ("[sources.acme]\nkind = 'modules'", "sources.acme", 1, "url: the URL of a module registry", "no url"),
        (
            "[sources.acme]\nkind = 'modules'\nurl = 'https://a.example/'",
            "sources.acme",
            1,
            "root: the digest",
            "no root",
        ),
        (source(root="sha256:77"), "sources.acme.root", 4, "64 lower-case hex digits", "sha256:77"),
        (source(root=ROOT.upper()), "sources.acme.root", 4, "64 lower-case hex digits", "SHA256:AA"),
        (source(root="sha512:" + 64 * "a"), "sources.acme.root", 4, "sha256:", "sha512:"),
        (source(root=64 * "a"), "sources.acme.root", 4, "sha256:", "aaa"),
        (source() + "rot = 1", "sources.acme.rot", 5, "one of kind, url, root, packages", "an unknown key"),
        (source(packages="['acme-*']"), "sources.acme.packages[0]", 5, "a scope such as @acme/*", "acme-*"),
        (source(packages="['@acme/g*']"), "sources.acme.packages[0]", 5, "a scope such as @acme/*", "@acme/g*"),
        (source(packages="['*']"), "sources.acme.packages[0]", 5, "a scope such as @acme/*", "*"),
        (source(packages="['@a/*', '@a/*']"), "sources.acme.packages[1]", 5, "once", "@a/*"),
        (source("pypi"), "sources.pypi.kind", 2, '"pypi" for the source pypi', "modules"),
        (source("npm"), "sources.npm.kind", 2, '"npm" for the source npm', "modules"),
        (source() + source("two"), "sources.acme", 1, "packages: the modules that resolve in acme", "no packages"),
        ("modules = []", "modules", 1, "a table", "an array"),
        (source() + '[modules]\nguards = "1"', "modules.guards", 6, "a module name", "guards"),
        (source() + '[modules]\n"@Acme/x" = "1"', 'modules."@Acme/x"', 6, "lower-case", "@Acme/x"),
        (source() + '[modules]\n"@аcme/x" = "1"', 'modules."@аcme/x"', 6, "ASCII", "@аcme/x"),
        (
            source() + '[modules]\n"@a\\u202e/x" = "1"',
            'modules."@a\u202e/x"',
            6,
            "a module name",
            "a name with invisible characters",
        ),
        (source() + '[modules]\n"@a/x" = 1', 'modules."@a/x"', 6, "a version range such as ^2.1", "an integer"),
        (source() + '[modules]\n"@a/x" = ""', 'modules."@a/x"', 6, "a version range", "an empty string"),
        (source() + '[modules]\n"@a/x" = "latest"', 'modules."@a/x"', 6, "range", "latest"),
        (source() + '[modules]\n"@a/x" = ">=1.x.y"', 'modules."@a/x"', 6, "range", ">=1.x.y"),
        (source() + '[modules]\n"@a/x" = {}', 'modules."@a/x"', 6, "version", "no version"),
        (source() + '[modules]\n"@a/x" = { version = "1", tag = "x" }', 'modules."@a/x".tag', 6, "version", "unknown"),
        (source() + '[modules]\n"@a/x" = { path = "../x" }', 'modules."@a/x".path', 6, "a version range", "a path"),
        ('[modules]\n"@a/x" = "1"', 'modules."@a/x"', 2, "one of the module sources claims", "@a/x"),
        (
            source(packages="['@acme/*']") + '[modules]\n"@a/x" = "1"',
            'modules."@a/x"',
            7,
            "one of the module sources claims",
            "@a/x",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(text: str, where: str, line: int, expected: str, found: str) -> None:
    """Each fault names the key path, the line, what was expected and what was found."""
    error = refused(text)
    assert (error.where, error.line) == (where, line)
    assert expected in error.expected
    assert found in error.found


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("[sources.acme]\nkind = 'modules'\nurl = 'https://a.example/'", ".holdfast/roots/acme.json"),
        (source() + source("two"), 'add packages = ["@acme/*"] to [sources.acme]'),
        ('[modules]\n"@a/x" = "1"', 'add [sources.a] with kind = "modules"'),
        (source(packages="['@b/*']") + '[modules]\n"@a/x" = "1"', 'add "@a/*" to packages of [sources.acme]'),
    ],
)
def test_a_refusal_says_what_to_do(text: str, hint: str) -> None:
    """What is missing comes with the lines to add."""
    assert hint in refused(text).hint


def test_credentials_are_refused_in_a_module_source_too() -> None:
    """A registry's URL is held to what an index URL is held to, and a password is never echoed."""
    error = refused(source().replace("https://", "https://ann:secret@"))
    assert (error.where, error.expected) == ("sources.acme.url", "a URL without credentials")
    assert "secret" not in str(error)


def test_what_a_policy_says_of_modules_is_read() -> None:
    """Privileged modules and required signatures arrive in their normal form, each once."""
    found = reading(
        source()
        + """[policy]
enforce = "changes"
privileged = ["@acme/guards", "@tools/*"]
require-signatures = ["acme:*", "acme:@acme/*", "pypi:Requests", "pypi:Acme_*", "npm:left-pad", "acme:*"]
"""
    )
    assert found.policy == Policy(
        ("@acme/guards", "@tools/*"), ("acme:*", "acme:@acme/*", "pypi:requests", "pypi:acme-*", "npm:left-pad")
    )
    assert found.unread == ()


def test_the_policy_answers_for_names() -> None:
    """A pattern is a name, a scope, a beginning or everything of its own source, and of no other."""
    policy = Policy(("@acme/guards", "@tools/*"), ("acme:@acme/*", "pypi:requests", "tools:*"))
    asked = ["@acme/guards", "@acme/guards-x", "@tools/a", "@tools-x/a"]
    assert [policy.allows_privileged(name) for name in asked] == [True, False, True, False]
    pairs = [("acme", "@acme/a"), ("acme", "@b/a"), ("pypi", "requests"), ("pypi", "requests-x"), ("tools", "@a/b")]
    assert [policy.requires_signature(*pair) for pair in pairs] == [True, False, True, False, True]
    assert not policy.requires_signature("pypi", "@acme/a")
    assert not Policy().allows_privileged("@acme/guards")


@pytest.mark.parametrize(
    ("text", "where", "expected", "found"),
    [
        ("policy = 3", "policy", "a table", "an integer"),
        ("[policy]\nprivileged = 'x'", "policy.privileged", "an array", "a string"),
        ("[policy]\nprivileged = ['*']", "policy.privileged[0]", "a scope such as @acme/*", "*"),
        ("[policy]\nprivileged = ['acme']", "policy.privileged[0]", "a module name", "acme"),
        ("[policy]\npriviledged = []", "policy.priviledged", "privileged", "an unknown key"),
        ("[policy]\nrequire-signature = []", "policy.require-signature", "require-signatures", "an unknown key"),
        ("[policy]\nrequire_signatures = []", "policy.require_signatures", "require-signatures", "an unknown key"),
        ("[policy]\nrequire-signatures = ['acme']", "policy.require-signatures[0]", "a source, ':'", "acme"),
        ("[policy]\nrequire-signatures = ['acme:']", "policy.require-signatures[0]", "a source, ':'", "acme:"),
        ("[policy]\nrequire-signatures = ['*:*']", "policy.require-signatures[0]", "one of the sources", "*"),
        ("[policy]\nrequire-signatures = ['acmee:*']", "policy.require-signatures[0]", "acme, npm, pypi", "acmee"),
        ("[policy]\nrequire-signatures = ['acme:x']", "policy.require-signatures[0]", "a source", "acme:x"),
        ("[policy]\nrequire-signatures = ['acme:@a/b*']", "policy.require-signatures[0]", "a source", "@a/b*"),
        ("[policy]\nrequire-signatures = ['pypi:@a/b']", "policy.require-signatures[0]", "a source", "pypi:@a/b"),
        ("[policy]\nrequire-signatures = ['pypi:a*b']", "policy.require-signatures[0]", "a source", "pypi:a*b"),
    ],
)
def test_a_rule_that_would_never_apply_is_refused(text: str, where: str, expected: str, found: str) -> None:
    """A slip in a key, an unknown source and a name that no package can have never pass in silence."""
    error = refused(source() + text if text.startswith("[") else text)
    assert error.where == where
    assert expected in error.expected
    assert found in error.found
