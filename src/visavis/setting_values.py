"""What the values of settings are, each checked: addresses, networks, ports, lists.

Where a value cannot be, the message says what it must be: it ends up in one line for the operator.
"""

import re
from ipaddress import ip_address, ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr


def _split(value: object) -> object:
    """A list in a variable: words between commas."""
    if isinstance(value, str):
        return tuple(word.strip() for word in value.split(",") if word.strip())
    return value


_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")


def _origin(text: str) -> str:
    """An origin as browsers send it (RFC 6454, section 6.2): scheme, host, port, in lower case."""
    origin = text.lower().removesuffix("/")
    if not _ORIGIN.fullmatch(origin):
        raise ValueError("must be an origin such as https://www.example.org")
    return origin


_STUN_URL = re.compile(r"stuns?:[^\s/?#@,]+")


def _stun_url(text: str) -> str:
    """A STUN server's address (RFC 7064)."""
    if not _STUN_URL.fullmatch(text):
        raise ValueError("must be an address such as stun:stun.example.org:3478")
    return text


_TURN_URL = re.compile(r"turns?:[^\s/?#@,]+(\?transport=(udp|tcp))?")


def _turn_url(text: str) -> str:
    """A TURN server's address (RFC 7065)."""
    if not _TURN_URL.fullmatch(text):
        raise ValueError("must be an address such as turn:turn.example.org:3478?transport=udp")
    return text


_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


def _host(text: str) -> str:
    """A name or an address, without a port."""
    try:
        return str(ip_address(text.strip("[]")))
    except ValueError:
        if not _HOST.fullmatch(text):
            raise ValueError("must be a name or an address, without a port") from None
        return text


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError("must be an address such as 203.0.113.7") from None


class PortRange(BaseModel):
    """UDP or TCP ports, both ends included. Written as `49152-65535`."""

    model_config = ConfigDict(frozen=True)

    first: int = Field(ge=1024, le=65535)
    last: int = Field(ge=1024, le=65535)

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


def _ports(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"([0-9]{4,5})-([0-9]{4,5})", value)
    if found is None or not 1024 <= int(found[1]) < int(found[2]) <= 65535:
        raise ValueError("must be a range of ports from 1024 up, such as 49152-65535")
    return PortRange(first=int(found[1]), last=int(found[2]))


def _peers(text: str) -> str:
    """Addresses that the relay may reach besides the public ones: one, or a network.

    Some stay closed whatever is written: the relay's own machine under its loopback addresses, groups, and
    link-local addresses, among which clouds keep the keys of a machine.
    """
    try:
        network = ip_network(text)
    except ValueError:
        raise ValueError("must be a network such as 10.1.0.0/16, or one address") from None
    never = ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "::/127", "fe80::/10", "ff00::/8")
    for closed in map(ip_network, (*never, "::ffff:0:0/96")):
        if closed.version == network.version and network.overlaps(closed):
            raise ValueError(f"must not reach into {closed}, which is never opened")
    return str(network)


def is_secure_url(text: str) -> bool:
    """Whether it is an https address; on this machine, plain http will do."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_here))


def _secure_url(text: str) -> str:
    if not is_secure_url(text):
        raise ValueError("must be an https address")
    return text


def _provider_url(value: SecretStr) -> SecretStr:
    """Where a provider hands out ICE servers. What is sent there is secret, so it goes over https."""
    _secure_url(value.get_secret_value())
    return value


_DATABASE_URL = re.compile(r"(postgresql|mongodb|mongodb\+srv)://\S+")


def _database_url(value: SecretStr) -> SecretStr:
    if not _DATABASE_URL.fullmatch(value.get_secret_value()):
        raise ValueError("must be an address such as postgresql://HOST/DATABASE or mongodb://HOST/DATABASE")
    return value


_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


def _domain(text: str) -> str:
    """A host's full name in the DNS, in lower case and ASCII (RFC 1123, section 2.1; RFC 5890 for others)."""
    domain = text.lower().removesuffix(".")
    if not _DOMAIN.fullmatch(domain):
        raise ValueError("must be a name such as calls.example.org, in ASCII")
    return domain


def _network(text: str) -> str:
    """An IP address, or a network in CIDR notation (RFC 4632)."""
    try:
        return str(ip_network(text))
    except ValueError:
        raise ValueError("must be an address such as 192.0.2.7 or a network such as 10.0.0.0/8") from None


def _directory(text: str) -> str:
    if not re.fullmatch(r"https://[^\s@]+", text):
        raise ValueError("must be an address that begins with https://")
    return text


def _mail_address(text: str) -> str:
    """Of whom mail is (RFC 5322, section 3.4): an address, or a name with one."""
    if not re.fullmatch(r"([^<>@\x00-\x1f]+ <[^\s<>@]+@[^\s<>@]+>)|([^\s<>@]+@[^\s<>@]+)", text):
        raise ValueError("must be an address such as calls@example.org")
    return text


Words = BeforeValidator(_split)
MailAddress = Annotated[str, AfterValidator(_mail_address)]
Domain = Annotated[str, AfterValidator(_domain)]
Network = Annotated[str, AfterValidator(_network)]
Directory = Annotated[str, AfterValidator(_directory)]
Origin = Annotated[str, AfterValidator(_origin)]
StunUrl = Annotated[str, AfterValidator(_stun_url)]
TurnUrl = Annotated[str, AfterValidator(_turn_url)]
Host = Annotated[str, AfterValidator(_host)]
Address = Annotated[str, AfterValidator(_address)]
Ports = Annotated[PortRange, BeforeValidator(_ports)]
Peers = Annotated[str, AfterValidator(_peers)]
SecureUrl = Annotated[str, AfterValidator(_secure_url)]
ProviderUrl = Annotated[SecretStr, AfterValidator(_provider_url)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
