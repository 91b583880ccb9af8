"""The few data types of SSH's wire format (RFC 4251, section 5): numbers of four bytes, strings with a length."""


class WireError(Exception):
    """Bytes that end too early, or go on where they should end."""


class Reader:
    """Reads values off `data`, one after the other. Every method raises `WireError` at the end of the bytes."""

    __slots__ = ("_data", "_place")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        end = self._place + count
        if end > len(self._data):
            raise WireError
        taken = self._data[self._place : end]
        self._place = end
        return taken

    def byte(self) -> int:
        """Return one byte as a number."""
        return self.take(1)[0]

    def number(self) -> int:
        """Return a `uint32`."""
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        """Return a `string`."""
        return self.take(self.number())

    def end(self) -> None:
        """Refuse bytes that are left."""
        if self._place != len(self._data):
            raise WireError


def string(data: bytes) -> bytes:
    """Return the bytes of a `string`."""
    return len(data).to_bytes(4, "big") + data
