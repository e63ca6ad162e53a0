"""What a server loads when it starts, for those that begin with it loaded."""

import alembic.command  # noqa: F401
import uvicorn.protocols.http.h11_impl
import uvicorn.protocols.websockets.websockets_sansio_impl  # noqa: F401

import visavis.__main__
import visavis.serve  # noqa: F401
