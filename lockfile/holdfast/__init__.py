"""holdfast, as programs use it: `holdfast.load(name)` gives a locked, verified module. All else is the command's."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.loading import LoadedModule


def load(name: str, project: str = "") -> "LoadedModule":
    """Return a locked module from its verified, unrevoked and unmodified tree: see `holdfast.loading.load`."""
    from holdfast.loading import load as load_module  # start-up: the command needs none of it

    return load_module(name, project)
