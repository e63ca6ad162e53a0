"""The routes about accounts: sessions, sign-up, passwords, one's own calls."""

import time
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from visavis.accounts.membership import Newcomer, path_of
from visavis.accounts.reception import Reception
from visavis.accounts.sessions import SignedIn
from visavis.api import account_bodies as bodies
from visavis.api.account_bodies import Done
from visavis.api.bodies import Refused
from visavis.api.requests import (
    address_in,
    client_in,
    credentials_in,
    from_here,
    give_session,
    take_session,
)
from visavis.errors import AdminRequired, RateLimited
from visavis.identity import Account, Session, SessionId
from visavis.rates import KeyedRateLimit, address_key
from visavis.records import CallRecord
from visavis.rooms import AccountId
from visavis.settings import Settings

_HOUR = 3600.0
_DAY = 86_400.0

SIGN_UPS_PER_HOUR = 30
LETTERS_PER_HOUR = 10
"""From one address."""

CALLS_AT_ONCE = 50


def account_routes(reception: Reception, settings: Settings) -> APIRouter:
    """What is below ``/api/v1`` for those who have an account, or are about to."""
    router = APIRouter(
        prefix="/api/v1",
        dependencies=[Depends(from_here)],
        responses={"4XX": {"model": Refused}, "5XX": {"model": Refused}},
    )
    _add_session_routes(router, reception, settings)
    _add_password_routes(router, reception)
    _add_membership_routes(router, reception, settings)
    return router


def _add_session_routes(router: APIRouter, reception: Reception, settings: Settings) -> None:
    @router.get("/me")
    async def me(request: Request) -> bodies.Me:
        """Who one is here."""
        found = await reception.sessions.find(credentials_in(request), address_in(request))
        return _me(None if found is None else found.account, reception, settings)

    @router.patch("/me")
    async def rename(new: bodies.NewName, request: Request) -> bodies.Me:
        """Be called otherwise."""
        found = await _signed_in(reception, request)
        await reception.membership.rename(found.account, new.name)
        return _me((await _signed_in(reception, request)).account, reception, settings)

    @router.post("/session")
    async def sign_in(asked: bodies.SignInRequest, request: Request, response: Response) -> bodies.Me:
        """Sign in. The session is new, and one that the browser had has ended."""
        account, secret = await reception.sign_in.sign_in(
            asked.login, asked.password, client_in(request), credentials_in(request)
        )
        _welcome(request, response, reception, settings, account, secret)
        return _me(account, reception, settings)

    @router.delete("/session")
    async def sign_out(request: Request, response: Response) -> Done:
        """Sign out. Who is not signed in may do so, too."""
        found = await reception.sessions.find(credentials_in(request))
        if found is not None:
            await reception.sessions.end(found, found.session.id)
        take_session(request, response)
        return Done()

    @router.get("/sessions")
    async def sessions(request: Request) -> bodies.SessionList:
        """The browsers in which one is signed in, the last used first."""
        found = await _signed_in(reception, request)
        known = await reception.sessions.all_of(found)
        return bodies.SessionList(sessions=[_session(each, found.session) for each in known])

    @router.delete("/sessions")
    async def end_others(request: Request) -> Done:
        """Sign out everywhere else."""
        await reception.sessions.end_others(await _signed_in(reception, request))
        return Done()

    @router.delete("/sessions/{session_id}")
    async def end(session_id: str, request: Request) -> Done:
        """Sign out in one browser."""
        await reception.sessions.end(await _signed_in(reception, request), SessionId(session_id))
        return Done()

    @router.get("/calls")
    async def calls(
        request: Request, before: Annotated[float | None, Query(allow_inf_nan=False)] = None
    ) -> bodies.CallList:
        """The calls in which one was, in pages: the next has those that began before the last of this one."""
        own = (await _signed_in(reception, request)).account.id
        found = await reception.storage.calls_of(own, before, CALLS_AT_ONCE + 1)
        shown = found[:CALLS_AT_ONCE]
        return bodies.CallList(calls=[_call(call, own) for call in shown], more=len(found) > len(shown))


def _add_password_routes(router: APIRouter, reception: Reception) -> None:
    letters = KeyedRateLimit(LETTERS_PER_HOUR, _HOUR, time.monotonic)

    @router.put("/me/password")
    async def change(new: bodies.NewPassword, request: Request) -> Done:
        """Change one's password. All other sessions end."""
        found = await _signed_in(reception, request)
        client, credentials = client_in(request), credentials_in(request)
        await reception.sign_in.confirm(found.account, new.old, client, credentials)
        await reception.membership.set_password(found.account, new.new, found.session.id)
        return Done()

    @router.post("/password/link", status_code=202)
    async def send_link(asked: bodies.ResetRequest, request: Request) -> Done:
        """Have a link sent by mail. The answer is the same whether there is such an account or not."""
        if not letters.allow(address_key(address_in(request))):
            raise RateLimited
        reception.membership.send_reset_link(asked.login)
        return Done()

    @router.post("/password")
    async def reset(asked: bodies.PasswordReset) -> Done:
        """Choose another password by a link. All sessions end."""
        await reception.membership.reset_password(asked.secret, asked.password)
        return Done()


def _add_membership_routes(router: APIRouter, reception: Reception, settings: Settings) -> None:
    sign_ups = KeyedRateLimit(SIGN_UPS_PER_HOUR, _HOUR, time.monotonic)

    @router.post("/links/look")
    async def look(asked: bodies.LinkSecret) -> bodies.LinkView:
        """What a one-time link is for. It is not used up."""
        link = await reception.membership.look(asked.secret)
        return bodies.LinkView(purpose=link.purpose.value, expires_at=link.expires_at, email=link.email)

    @router.post("/accounts", status_code=201)
    async def sign_up(new: bodies.NewAccount, request: Request, response: Response) -> bodies.Me:
        """Make an account, and be signed in."""
        if not sign_ups.allow(address_key(address_in(request))):
            raise RateLimited
        newcomer = Newcomer(new.user_name, new.email, new.name, new.password)
        account = await reception.membership.sign_up(newcomer, new.secret)
        secret = await reception.sessions.begin(
            account, client_in(request), instead_of=credentials_in(request).session
        )
        _welcome(request, response, reception, settings, account, secret)
        return _me(account, reception, settings)

    @router.post("/links", status_code=201)
    async def invite(new: bodies.NewInvitation, request: Request) -> bodies.OneTimePath:
        """Invite somebody to have an account. For those who look after the server."""
        if not (await _signed_in(reception, request)).account.admin:
            raise AdminRequired
        secret = await reception.membership.invite(admin=new.admin, email=new.email)
        return bodies.OneTimePath(path=path_of(secret))


async def _signed_in(reception: Reception, request: Request) -> SignedIn:
    return await reception.sessions.get(credentials_in(request), address_in(request))


def _welcome(
    request: Request,
    response: Response,
    reception: Reception,
    settings: Settings,
    account: Account,
    secret: str,
) -> None:
    device = reception.devices.mark(account.id)
    give_session(request, response, secret, device, settings.session_days * _DAY)


def _me(account: Account | None, reception: Reception, settings: Settings) -> bodies.Me:
    view = None
    if account is not None:
        view = bodies.AccountView(
            id=account.id,
            user_name=account.user_name,
            email=account.email,
            name=account.name,
            admin=account.admin,
        )
    is_open = settings.signup == "open"
    return bodies.Me(
        account=view,
        access=settings.access,
        signup=is_open,
        mail=reception.membership.sends_mail,
        provider=None if settings.oidc_issuer is None else settings.oidc_name,
    )


def _session(session: Session, current: Session) -> bodies.SessionView:
    return bodies.SessionView(
        id=session.id,
        created_at=session.created_at,
        seen_at=session.seen_at,
        expires_at=session.expires_at,
        user_agent=session.user_agent,
        address=session.address,
        current=session.id == current.id,
    )


def _call(call: CallRecord, own: AccountId) -> bodies.CallView:
    people = [
        bodies.PersonView(
            name=each.name, joined_at=each.joined_at, left_at=each.left_at, me=each.account_id == own
        )
        for each in call.attendances
    ]
    return bodies.CallView(
        id=call.id,
        room_id=call.room_id,
        began_at=call.began_at,
        ended_at=call.ended_at,
        people=people,
        join=_join(call, own),
    )


def _join(call: CallRecord, own: AccountId) -> bodies.JoinView | None:
    """Of several devices, that which said how long it took first."""
    timed = (each.join for each in call.attendances if each.account_id == own and each.join is not None)
    first = next(timed, None)
    return None if first is None else bodies.JoinView(**asdict(first))
