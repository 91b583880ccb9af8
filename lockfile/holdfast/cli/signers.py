"""Who signs for a command: the key file of `--key`, or a key that the ssh-agent holds, `--agent`."""

from collections.abc import Mapping

from holdfast.cli.console import Console
from holdfast.cli.words import Arguments
from holdfast.errors import UsageError
from holdfast.trust.signing import Signer
