"""The bodies of the HTTP API that are about accounts. Times are in seconds since the epoch."""

from typing import Literal

from visavis.api.bodies import Body


class AccountView(Body):
    """One's own account."""

    id: str
    user_name: str | None
    email: str | None
    name: str
    admin: bool


class Me(Body):
    """Who one is here, and what the server allows. `account`: null for guests. `access`: for whom the
    server is. `signup`: whether everybody may make an account. `mail`: whether the server sends mail.
    `provider`: what the identity provider is called at which one can sign in; null where there is none."""

    account: AccountView | None
    access: Literal["open", "accounts", "closed"]
    signup: bool
    mail: bool
    provider: str | None


class SignInRequest(Body):
    """`login`: a user name or an email address."""

    login: str
    password: str


class NewAccount(Body):
    """Asks for an account, with a user name, an address, or both. `secret`: of the link by which one was
    invited."""

    secret: str | None = None
    user_name: str | None = None
    email: str | None = None
    name: str = ""
    password: str


class SessionView(Body):
    """A browser in which one is signed in. `userAgent`: what it says of itself. `current`: it is this one."""

    id: str
    created_at: float
    seen_at: float
    expires_at: float
    user_agent: str
    address: str
    current: bool


class SessionList(Body):
    sessions: list[SessionView]


class NewName(Body):
    name: str


class NewPassword(Body):
    """`old`: the present one."""

    old: str
    new: str


class LinkSecret(Body):
    """What stands behind the `#` of a one-time link."""

    secret: str


class LinkView(Body):
    """What a one-time link is for. `email`: of the account that it makes, where that is settled."""

    purpose: Literal["invitation", "firstAdministrator", "passwordReset"]
    expires_at: float
    email: str | None


class ResetRequest(Body):
    login: str


class PasswordReset(Body):
    """Another password, by a link."""

    secret: str
    password: str


class NewInvitation(Body):
    """Asks for a link with which somebody can have an account. `email`: where it is sent, too."""

    email: str | None = None
    admin: bool = False


class OneTimePath(Body):
    """A link, to be put behind the server's address."""

    path: str


class PersonView(Body):
    """Somebody's part in a call. `me`: one's own."""

    name: str
    joined_at: float
    left_at: float | None
    me: bool


class JoinView(Body):
    """How long one took to enter, in milliseconds from the press on Join: as `joinTimed`."""

    way: str
    ack: float
    ice: float | None
    dtls: float | None
    frame: float | None


class CallView(Body):
    """A call in which one was. `endedAt`: null while it goes on. `join`: how long one took to enter; null
    where nobody was there yet, or it is not known."""

    id: str
    room_id: str
    began_at: float
    ended_at: float | None
    people: list[PersonView]
    join: JoinView | None


class CallList(Body):
    """The calls that began last, the latest first. `more`: whether there are earlier ones."""

    calls: list[CallView]
    more: bool


class Done(Body):
    """Carried out, and there is nothing to tell."""

    status: Literal["ok"] = "ok"


ALL: tuple[type[Body], ...] = (
    Me,
    SignInRequest,
    NewAccount,
    SessionList,
    NewPassword,
    LinkView,
    NewInvitation,
    OneTimePath,
    CallList,
)
"""Those of which the client has types."""
