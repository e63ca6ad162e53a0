"""What a server loads when it starts, for those that begin with it loaded."""

from importlib import import_module

for name in (
    "visavis.__main__",
    "visavis.serve",
    # These it loads only once it knows its settings.
    "alembic.command",
    "uvicorn.protocols.http.h11_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
):
    import_module(name)
