"""What a status code means for a request. Pure."""

from collections.abc import Mapping

from holdfast_resolver.errors import RegistryAnswerInvalid, RegistryRefused, RegistryUnavailable
from holdfast_resolver.fetch.retries import RETRIED, Failure, retry_after
from holdfast_resolver.registries.port import Request


def judge(
    status: int, headers: Mapping[str, str], request: Request, credentials_sent: bool, now: float, places: str
) -> None:
    """Return when the status may reach the protocol; raise `Failure` with what it means otherwise.

    `headers` have lower-case names; `now` is in seconds since the epoch; `places` are where credentials may stand.
    """
    if status in (200, 404):
        return
    if status in (206, 416) and request.range:
        return
    if status == 304 and (request.etag or request.last_modified):
        return
    if status in RETRIED:
        wish = retry_after(headers.get("retry-after", ""), now)
        raise Failure(f"status {status}", after=wish)
    if status in (401, 403, 407, 451):
        detail = f"status {status}, {_explained(status, credentials_sent, places)}"
        raise Failure(detail, again=False, error=RegistryRefused)
    if status >= 500:
        raise Failure(f"status {status}", again=False, error=RegistryUnavailable)
    raise Failure(f"status {status} where 200 or 404 was expected", again=False, error=RegistryAnswerInvalid)


def _explained(status: int, credentials_sent: bool, places: str) -> str:
    if status == 407:
        return "the proxy wants credentials: put them into the proxy's address"
    if status == 451:
        return "unavailable for legal reasons"
    if credentials_sent:
        return "the credentials that were sent were not accepted"
    return f"no credentials were found for this host in {places}"
