"""Foreign lock files written by hand: one small project in each format."""

A, B, C, D = (f"sha256:{letter * 64}" for letter in "abcd")

UV = f"""\
version = 1
revision = 3
requires-python = ">=3.11"
resolution-markers = [
    "python_full_version >= '3.12'",
    "python_full_version < '3.12'",
]

[[package]]
name = "celery"
version = "5.4.0"
source = {{ registry = "https://index.example/simple" }}
dependencies = [
    {{ name = "vine" }},
]
wheels = [
    {{ url = "https://files.example/aa/celery-5.4.0-py3-none-any.whl", hash = "{A}", size = 425 }},
]

[package.optional-dependencies]
redis = [
    {{ name = "redis" }},
]

[[package]]
name = "Django"
version = "5.2"
source = {{ registry = "https://index.example/simple" }}
resolution-markers = [
    "python_full_version < '3.12'",
]
sdist = {{ url = "https://files.example/bb/django-5.2.tar.gz", hash = "{B}" }}

[[package]]
name = "django"
version = "6.0"
source = {{ registry = "https://index.example/simple" }}
resolution-markers = [
    "python_full_version >= '3.12'",
]
sdist = {{ url = "https://files.example/cc/django-6.0.tar.gz", hash = "{C}" }}

[[package]]
name = "jsfetch"
version = "1.0"
source = {{ registry = "https://index.example/simple" }}
wheels = [
    {{ url = "https://files.example/dd/jsfetch-1.0-py3-none-any.whl", hash = "{D}" }},
]

[[package]]
name = "local-tool"
version = "0.1"
source = {{ git = "https://code.example/tool.git?rev=1#0123" }}

[[package]]
name = "redis"
version = "5.0"
source = {{ registry = "https://index.example/simple" }}
dependencies = [
    {{ name = "jsfetch", marker = "sys_platform == 'emscripten'" }},
]
wheels = [
    {{ url = "https://files.example/ee/redis-5.0-py3-none-any.whl", hash = "{D}" }},
]

[[package]]
name = "vine"
version = "5.1.0"
source = {{ registry = "https://index.example/simple" }}
wheels = [
    {{ url = "https://files.example/ff/vine-5.1.0%2Blocal-py3-none-any.whl", hash = "{C}" }},
]

[[package]]
name = "web"
version = "0"
source = {{ virtual = "." }}
dependencies = [
    {{ name = "celery", extra = ["redis"], marker = "sys_platform != 'darwin'" }},
    {{ name = "django", version = "5.2", source = {{ registry = "https://index.example/simple" }}, \
marker = "python_full_version < '3.12'" }},
    {{ name = "django", version = "6.0", source = {{ registry = "https://index.example/simple" }}, \
marker = "python_full_version >= '3.12'" }},
]

[package.dev-dependencies]
test = [
    {{ name = "vine" }},
]
"""

POETRY = f"""\
[[package]]
name = "celery"
version = "5.4.0"
description = "a task queue"
optional = false
python-versions = ">=3.8"
groups = ["main"]
files = [
    {{file = "celery-5.4.0-py3-none-any.whl", hash = "{A}"}},
]

[[package]]
name = "colorama"
version = "0.4.6"
description = ""
optional = false
python-versions = "*"
groups = ["main", "dev"]
markers = {{main = "sys_platform == \\"win32\\"", dev = "platform_system == \\"Windows\\""}}
files = [
    {{file = "colorama-0.4.6.tar.gz", hash = "{B}"}},
]

[[package]]
name = "local-tool"
version = "0.1"
description = ""
optional = false
python-versions = "*"
groups = ["main"]
files = []

[package.source]
type = "git"
url = "https://code.example/tool.git"

[[package]]
name = "redis"
version = "5.0"
description = ""
optional = true
python-versions = "*"
groups = ["main"]
markers = "extra == \\"redis\\""
files = [
    {{file = "redis-5.0-py3-none-any.whl", hash = "{D}"}},
]

[extras]
redis = ["redis"]

[metadata]
lock-version = "2.1"
python-versions = "^3.11"
content-hash = "{"0" * 64}"
"""

PYLOCK = f"""\
lock-version = "1.0"
environments = ["sys_platform != 'darwin'"]
requires-python = ">=3.11"
created-by = "another tool"

[[packages]]
name = "celery"
version = "5.4.0"
marker = "'redis' in extras or sys_platform == 'linux'"
index = "https://index.example/simple"
wheels = [
    {{name = "celery-5.4.0-py3-none-any.whl", url = "https://a.example/1", hashes = {{sha256 = "{A[7:]}"}}}},
]

[[packages]]
name = "vine"
version = "5.1"

[packages.sdist]
url = "https://files.example/vine-5.1.tar.gz"
hashes = {{md5 = "{"0" * 32}", sha512 = "{"e" * 128}"}}

[[packages]]
name = "web"
directory = {{path = ".", editable = true}}
"""

REQUIREMENTS = f"""\
# made by a tool
--index-url https://index.example/simple
celery[redis]==5.4.0 ; sys_platform == 'win32' \\
    --hash={A} \\
    --hash {B}
    # via -r requirements.in
vine==5.1 --hash={C}  # a comment
local-tool @ https://files.example/tool-1.zip
plain == 1.0
"""
