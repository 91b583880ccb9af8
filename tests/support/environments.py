"""The marker variables of PEP 508 on a target at one patch release, as `packaging` wants them."""

from holdfast_resolver.values.targets import PLATFORMS, Target


def environment(target: Target, patch: int, extra: str = "") -> dict[str, str]:
    """Return every variable that a target determines; the Python is `minor.patch`."""
    row, minor = PLATFORMS[target.platform], f"{target.python[0]}.{target.python[1]}"
    return {
        "python_version": minor,
        "python_full_version": f"{minor}.{patch}",
        "implementation_version": f"{minor}.{patch}",
        "sys_platform": row.sys_platform,
        "platform_system": row.platform_system,
        "os_name": row.os_name,
        "platform_machine": row.platform_machine,
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "extra": extra,
    }
