"""Well-known names of each ecosystem: what a look-alike would want to be taken for.

Source: the most downloaded packages of each public index by the counts that the index publishes (some 300 of each,
November 2026; left out: builds for one platform, and two names whose downloads come from machines alone), and the
wishes of the projects in `bench/workloads` with a few frameworks that are typed by hand more often than downloaded.

A name that stands here is never itself a look-alike. To add one, add a word.
"""

_PYPI = """
aiobotocore aiofiles aiohappyeyeballs aiohttp aiosignal alembic annotated-doc annotated-types ansible anthropic anyio
apache-airflow asn1crypto asttokens async-timeout attrs authlib awscli azure-core azure-identity azure-storage-blob
babel backoff bcrypt beautifulsoup4 black blinker boto3 botocore build cachetools celery certifi cffi cfgv chardet
charset-normalizer click cloudpickle colorama contourpy coverage cryptography cycler databricks-sql-connector datasets
decorator defusedxml deprecated dill distlib distro django dnspython docker docstring-parser docutils durationpy
editables email-validator et-xmlfile exceptiongroup executing fastapi fastjsonschema filelock flask fonttools
frozenlist fsspec gitdb gitpython google-analytics-admin google-api-core google-api-python-client google-auth
google-auth-httplib2 google-auth-oauthlib google-cloud-aiplatform google-cloud-batch google-cloud-bigquery
google-cloud-core google-cloud-secret-manager google-cloud-storage google-crc32c google-genai google-resumable-media
googleapis-common-protos greenlet grpc-google-iam-v1 grpcio grpcio-status grpcio-tools gunicorn h11 h2 hatchling
hf-xet hpack httpcore httplib2 httptools httpx httpx-sse huggingface-hub hyperframe identify idna importlib-metadata
iniconfig ipython isodate itsdangerous jaraco-classes jaraco-context jaraco-functools jedi jeepney jinja2 jiter
jmespath joblib jsonpatch jsonpointer jsonschema jsonschema-specifications jupyterlab keyring kiwisolver kubernetes
langchain litellm lxml mako markdown-it-py markupsafe marshmallow matplotlib matplotlib-inline mcp mdurl
mkdocs-material more-itertools mpmath msal msal-extensions msgpack multidict multiprocess mypy mypy-extensions
networkx nodeenv numpy oauthlib openai openpyxl opentelemetry-api opentelemetry-exporter-otlp
opentelemetry-exporter-otlp-proto-common opentelemetry-exporter-otlp-proto-grpc opentelemetry-exporter-otlp-proto-http
opentelemetry-instrumentation opentelemetry-instrumentation-requests opentelemetry-proto opentelemetry-sdk
opentelemetry-semantic-conventions opentelemetry-util-http orjson packaging pandas paramiko parso pathspec pexpect
pillow pip platformdirs pluggy poetry-core pre-commit prometheus-client prompt-toolkit propcache proto-plus protobuf
psutil psycopg2-binary ptyprocess pure-eval pyarrow pyasn1 pyasn1-modules pycparser pydantic pydantic-ai-slim
pydantic-core pydantic-graph pydantic-settings pygments pyjwt pynacl pyopenssl pyparsing pyproject-hooks pytest
pytest-asyncio pytest-cov python-dateutil python-discovery python-dotenv python-multipart pytz pyyaml rapidfuzz redis
referencing regex requests requests-oauthlib requests-toolbelt rich rpds-py rsa ruamel-yaml ruff s3fs s3transfer
scikit-learn scipy scrapy secretstorage selenium setuptools setuptools-scm sglang shellingham six smmap sniffio
snowflake-connector-python sortedcontainers soupsieve sqlalchemy sqlparse sse-starlette stack-data starlette sympy
tabulate tenacity tensorflow textual threadpoolctl tiktoken tokenizers toml tomli tomlkit torch tqdm traitlets
transformers trove-classifiers typer types-requests typing-extensions typing-inspection tzdata tzlocal uritemplate
urllib3 uv uvicorn uvloop virtualenv watchfiles wcwidth weaviate-client websocket-client websockets werkzeug wheel
wrapt xxhash yarl ydb zipp zstandard
"""

_NPM = """
@angular/core @aws-sdk/types @babel/code-frame @babel/compat-data @babel/core @babel/generator
@babel/helper-compilation-targets @babel/helper-globals @babel/helper-module-imports @babel/helper-module-transforms
@babel/helper-plugin-utils @babel/helper-string-parser @babel/helper-validator-identifier
@babel/helper-validator-option @babel/helpers @babel/parser @babel/runtime @babel/template @babel/traverse
@babel/types @eslint/eslintrc @eslint/js @isaacs/cliui @jest/schemas @jest/types @jridgewell/gen-mapping
@jridgewell/resolve-uri @jridgewell/sourcemap-codec @jridgewell/trace-mapping @nestjs/core @nodelib/fs.scandir
@nodelib/fs.stat @nodelib/fs.walk @opentelemetry/core @radix-ui/react-slot @sinclair/typebox @smithy/is-array-buffer
@smithy/types @smithy/util-buffer-from @smithy/util-utf8 @types/estree @types/json-schema @types/node @types/react
@types/yargs @typescript-eslint/eslint-plugin @typescript-eslint/parser @typescript-eslint/scope-manager
@typescript-eslint/type-utils @typescript-eslint/types @typescript-eslint/typescript-estree @typescript-eslint/utils
@typescript-eslint/visitor-keys accepts acorn agent-base ajv ansi-escapes ansi-regex ansi-styles anymatch arg argparse
aria-query async asynckit axios balanced-match base64-js baseline-browser-mapping body-parser bootstrap
brace-expansion braces browserslist buffer bytes call-bind call-bind-apply-helpers call-bound callsites camelcase
caniuse-lite chalk chokidar chownr ci-info cli-cursor cliui color-convert color-name combined-stream commander
concat-map content-disposition convert-source-map cookie cookie-signature core-util-is cosmiconfig cross-env
cross-spawn csstype debug delayed-stream depd detect-libc diff discord.js doctrine dotenv dunder-proto eastasianwidth
electron electron-to-chromium emoji-regex encodeurl entities es-define-property es-errors es-object-atoms
es-set-tostringtag esbuild escalade escape-string-regexp eslint eslint-scope eslint-visitor-keys espree esprima
esquery estraverse estree-walker esutils ethers eventemitter3 execa express fast-deep-equal fast-glob
fast-json-stable-stringify fast-levenshtein fastq file-entry-cache fill-range finalhandler find-up flat-cache flatted
follow-redirects foreground-child form-data fs-extra function-bind gensync get-caller-file get-intrinsic get-proto
get-stream glob glob-parent globals globby gopd graceful-fs has-flag has-symbols has-tostringtag hasown
hosted-git-info http-errors http-proxy-agent https-proxy-agent human-signals iconv-lite ieee754 ignore import-fresh
imurmurhash inherits ini ipaddr.js is-arrayish is-core-module is-docker is-extglob is-fullwidth-code-point is-glob
is-number is-plain-obj is-stream is-wsl isarray isexe istanbul-lib-instrument jackspeak jest jest-util jest-worker
jiti jquery js-tokens js-yaml jsesc json-parse-even-better-errors json-schema-traverse json5 jsonfile keyv kind-of
levn lines-and-columns locate-path lodash lru-cache magic-string make-dir math-intrinsics media-typer merge-stream
micromatch mime mime-db mime-types mimic-fn minimatch minimist minipass mkdirp mongodb mongoose ms nanoid negotiator
next node-fetch node-releases normalize-path npm-run-path object-assign object-inspect on-finished once onetime open
optionator p-limit p-locate parent-module parse-json parse5 path-exists path-key path-parse path-scurry path-to-regexp
path-type picocolors picomatch pify playwright postcss postcss-selector-parser prelude-ls prettier pretty-format
punycode puppeteer qs range-parser raw-body react react-dom react-is react-scripts readable-stream readdirp redux
require-directory require-from-string resolve resolve-from restore-cursor reusify rimraf rollup run-parallel rxjs
safe-buffer safer-buffer scheduler schema-utils semver send serve-static setprototypeof shebang-command shebang-regex
side-channel side-channel-list side-channel-map side-channel-weakmap signal-exit slash slice-ansi source-map
source-map-js source-map-support sprintf-js statuses storybook string-width string_decoder strip-ansi strip-bom
strip-final-newline strip-json-comments supports-color supports-preserve-symlinks-flag svelte to-regex-range
tough-cookie tr46 tslib type-check type-fest type-is typescript undici-types universalify update-browserslist-db
uri-js util-deprecate uuid vary vite vue web3 webidl-conversions webpack whatwg-url which which-typed-array wrap-ansi
wrappy write-file-atomic ws y18n yallist yaml yargs yargs-parser yocto-queue zod
"""

WELL_KNOWN: dict[str, frozenset[str]] = {"pypi": frozenset(_PYPI.split()), "npm": frozenset(_NPM.split())}

# Projects of their own whose names are close to a well-known one, each with thousands of users.
_HONEST_PYPI = "cchardet httpr jiwer marko parse parsy pyaml scapy uri-template"
_HONEST_NPM = "babel-runtime camel-case isstream leven object.assign one-time"
HONEST: dict[str, frozenset[str]] = {
    "pypi": frozenset(_HONEST_PYPI.split()),
    "npm": frozenset(_HONEST_NPM.split()),
}
