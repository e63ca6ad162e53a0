"""Visavis: self-hosted video calls.

``create_app(settings)`` is the whole server as one ASGI application, to serve or to mount.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visavis.app import create_app as create_app

__version__ = "0.1.0"
__all__ = ["__version__", "create_app"]


def __getattr__(name: str) -> object:
    # Imported when it is asked for: the command line says its version without loading a server.
    if name == "create_app":
        from visavis.app import create_app  # noqa: PLC0415

        return create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
