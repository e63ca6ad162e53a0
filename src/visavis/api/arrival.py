"""The route that answers the doctor. For everybody else there is nothing at this address."""

from fastapi import APIRouter, Request

from visavis.api.bodies import Arrival, FullIceServer
from visavis.errors import NotFound
from visavis.ice import IceServers, host_of
from visavis.inquiry import ARRIVAL, Inquiries
from visavis.turn import TurnServer


def arrival_route(inquiries: Inquiries, ice: IceServers, turn: TurnServer) -> APIRouter:
    router = APIRouter()

    @router.get(ARRIVAL, include_in_schema=False)
    async def arrival(request: Request) -> Arrival:
        if not inquiries.knows(request.headers.get("authorization", "")):
            raise NotFound
        host = request.headers.get("host", "")
        address, port = request.client or ("", 0)
        proxied = "x-forwarded-for" in request.headers
        return Arrival(
            address=address,
            host=host,
            secure=request.url.scheme == "https",
            proxied=proxied,
            # An address that a proxy told comes without a port.
            believed=proxied and port == 0,
            turn=turn.state,
            turn_problem=turn.problem,
            ice_servers=[
                FullIceServer(urls=list(server.urls), username=server.username, credential=server.credential)
                for server in ice.for_participant("doctor", host_of(host)).servers
            ],
        )

    return router
