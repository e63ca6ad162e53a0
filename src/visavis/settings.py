"""Every setting, and the only place that reads the environment and the settings file.

A setting ``name`` is the variable ``VISAVIS_NAME`` or the line ``name = ...`` of a TOML file: the
one that ``VISAVIS_SETTINGS`` names, else ``visavis.toml`` in the working directory where there is
one. An option of the command line wins over a variable, a variable over the file. What is not known
is refused: a misspelt setting that does nothing is worse than a server that does not start.
"""

import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from visavis.setting_values import (
    Address,
    DatabaseUrl,
    Directory,
    Domain,
    Host,
    MailAddress,
    Network,
    Origin,
    Peers,
    PortRange,
    Ports,
    ProviderUrl,
    SecureUrl,
    StunUrl,
    TurnUrl,
    Words,
)

PREFIX = "VISAVIS_"
FILE_VARIABLE = "VISAVIS_SETTINGS"
DEFAULT_FILE = Path("visavis.toml")
_FOR_TESTS = "VISAVIS_TEST_"


class SettingsInvalid(Exception):
    """The server cannot start with these settings. ``problems``: one line each."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def _usual_host(known: dict[str, Any]) -> str:
    return "::" if _is_https(known) else "127.0.0.1"


def _usual_port(known: dict[str, Any]) -> int:
    if known.get("domain"):
        return 443
    return 8443 if _is_https(known) else 8000


def _usual_http_port(known: dict[str, Any]) -> int | None:
    if known.get("domain"):
        return 80
    return 8080 if known.get("lan") else None


def _usual_smtp_port(known: dict[str, Any]) -> int:
    return {"tls": 465, "none": 25}.get(str(known.get("smtp_security")), 587)


def _is_https(known: dict[str, Any]) -> bool:
    return any(known.get(name) for name in ("lan", "domain", "tls_certificate"))


class Settings(BaseModel):
    """All settings, checked, frozen. Making one reads nothing: :func:`load_settings` does."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    lan: bool = False
    """Whether to serve https in the local network, with a certificate of one's own authority."""

    domain: Domain | None = None
    """Name under which to serve https to the Internet, with a certificate that is got and renewed by ACME."""

    tls_certificate: Path | None = None
    """File of one's own certificate and its chain (PEM), to serve https. Read again when it changes."""

    tls_key: Path | None = None
    """File of its private key (PEM, without a passphrase). None: it is in the file of the certificate."""

    host: str = Field(default_factory=_usual_host, min_length=1)
    """Address to listen on. `0.0.0.0` is every IPv4 address of the machine, `::` every address. \
With https it is `::` unless set."""

    port: int = Field(default_factory=_usual_port, ge=0, le=65535)
    """TCP port to listen on. `0` takes any free one. Unless set it is 8443 with https, 443 with a domain."""

    http_port: int | None = Field(default_factory=_usual_http_port, ge=0, le=65535)
    """TCP port for plain http beside https: leads to https. 80 unless set with a domain, 8080 with `lan`."""

    acme_directory: Directory = "https://acme-v02.api.letsencrypt.org/directory"
    """The ACME server that issues the certificate of the domain. Naming a domain accepts its terms."""

    acme_email: str | None = None
    """Where the issuer may write to, about the certificate. None: nowhere."""

    acme_ca_bundle: Path | None = None
    """File of authorities (PEM) to trust when speaking to the ACME server. None: those of the web."""

    trusted_proxies: Annotated[tuple[Network, ...], Words] = ()
    """Addresses and networks of one's own proxies, such as `127.0.0.1,::1`: what they say of a client, in \
`X-Forwarded-For`, `-Proto` and `-Host`, is believed."""

    data: Path = Path("visavis-data")
    """The data folder: the secret, and the database where it is SQLite. Made at the first start."""

    database_url: DatabaseUrl | None = None
    """Where rooms and the history are kept: `postgresql://...` or `mongodb://...`. By default, in SQLite in \
the data folder."""

    history_days: float = Field(default=365.0, ge=0, le=36_500, allow_inf_nan=False)
    """Days for which calls are remembered after their end: who was in them, and when. `0` remembers none."""

    access: Literal["open", "accounts", "closed"] = "open"
    """For whom the server is. `open`: everybody makes rooms. `accounts`: accounts make rooms, and guests \
join by link. `closed`: accounts only, and who brings a token."""

    signup: Literal["closed", "open"] = "closed"
    """Whether everybody may make an account, or only who has an invitation."""

    session_idle_days: float = Field(default=30.0, gt=0, le=3650, allow_inf_nan=False)
    """Days after which somebody who was not there has to sign in again."""

    session_days: float = Field(default=180.0, gt=0, le=3650, allow_inf_nan=False)
    """Days after which everybody has to sign in again."""

    public_url: Origin | None = None
    """The address at which people reach the server, such as `https://calls.example.org`, for links in mails \
and in the terminal. By default that of the domain."""

    smtp_host: Host | None = None
    """The mail server by which invitations and links to reset a password are sent. None: no mail is sent."""

    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """How the way there is secured. `none` is for a mail server on the same machine."""

    smtp_port: int = Field(default_factory=_usual_smtp_port, ge=1, le=65535)
    """Its port. Unless set it is 587, 465 with `tls`, and 25 with `none`."""

    smtp_username: str | None = None
    """The user at the mail server, where it asks for one."""

    smtp_password: SecretStr | None = None
    """The password of that user."""

    smtp_from: MailAddress | None = None
    """The address from which mail comes."""

    room_capacity: int = Field(default=8, ge=2)
    """People in a room for which nothing else was asked."""

    max_room_capacity: int = Field(default=32, ge=2)
    """The largest capacity that one may ask for."""

    resume_grace: float = Field(default=30.0, gt=0, le=3600, allow_inf_nan=False)
    """Seconds for which a participant whose connection is gone keeps its place."""

    ticket_lifetime: float = Field(default=86_400.0, gt=0, allow_inf_nan=False)
    """Seconds for which a participant can resume with the same ticket."""

    prepare_links: bool = True
    """Whether links are negotiated while one is in the lobby, so that a press on Join connects at once. \
Members' browsers learn that somebody is there, and nothing else."""

    allowed_origins: Annotated[tuple[Origin, ...], Words] = ()
    """Origins of other sites whose pages may connect, such as `https://www.example.org`. \
None: the server's own pages only."""

    stun_urls: Annotated[tuple[StunUrl, ...], Words] = ()
    """STUN servers that tell browsers their public address, such as `stun:stun.example.org:3478`."""

    relay_only: bool = False
    """Whether all media goes through a TURN server, so that nobody learns another's network address."""

    turn: Literal["auto", "on", "off"] = "auto"
    """Whether to run coturn beside the server. `auto`: where it is installed, others can reach this server, \
and no other TURN server is named below."""

    turn_host: Host | None = None
    """Name or address by which browsers reach our TURN server; by default the one by which they reach this \
server."""

    turn_port: int = Field(default=3478, ge=1, le=65535)
    """UDP and TCP port of our TURN server."""

    turn_tls_port: int = Field(default=5349, ge=1, le=65535)
    """TCP port of our TURN server for TLS, where it has a certificate."""

    turn_certificate: Path | None = None
    """Certificate of our TURN server for TLS, with the chain, in PEM. Read again when it changes."""

    turn_key: Path | None = None
    """Private key of that certificate."""

    turn_relay_ports: Ports = PortRange(first=49152, last=65535)
    """UDP ports that relayed media uses."""

    turn_external_address: Address | None = None
    """Public address of our TURN server where it stands behind a router. By default asked of `stun_urls`."""

    turn_allowed_peers: Annotated[tuple[Peers, ...], Words] = ()
    """Private networks or addresses that may be reached through our TURN server, such as `10.1.0.0/16`."""

    turn_user_quota: int = Field(default=300, ge=1)
    """Relayed addresses that one participant may have at once on our TURN server."""

    turn_total_quota: int = Field(default=4000, ge=1)
    """Relayed addresses that all participants may have together on our TURN server."""

    turn_urls: Annotated[tuple[TurnUrl, ...], Words] = ()
    """TURN servers elsewhere, such as `turn:turn.example.org:3478?transport=udp`."""

    turn_secret: SecretStr | None = None
    """The secret that those servers share with this one (coturn's `static-auth-secret`)."""

    turn_username: str | None = None
    """Where there is no shared secret: the one user name at those servers."""

    turn_credential: SecretStr | None = None
    """The password of that user."""

    turn_credential_lifetime: float = Field(default=7200.0, ge=2, le=864_000, allow_inf_nan=False)
    """Seconds for which a participant's TURN credentials are good. Clients renew them in time."""

    ice_provider_url: ProviderUrl | None = None
    """Where a provider hands out ICE servers, as Cloudflare, Metered, Twilio and Xirsys do."""

    ice_provider_method: Literal["GET", "POST", "PUT"] = "GET"
    """How the provider is asked."""

    ice_provider_authorization: SecretStr | None = None
    """The `Authorization` header for the provider, such as `Bearer KEY`."""

    ice_provider_body: SecretStr | None = None
    """What is sent to the provider, as JSON, such as `{"ttl": 86400}`."""

    ice_provider_lifetime: float = Field(default=3600.0, ge=2, le=864_000, allow_inf_nan=False)
    """Seconds for which what the provider hands out is good, where its answer does not say."""

    oidc_issuer: SecureUrl | None = None
    """Address of an identity provider (OpenID Connect) at which people sign in, just as it calls itself."""

    oidc_name: str = Field(default="single sign-on", min_length=1, max_length=40)
    """What people call it: the button says "Sign in with" this."""

    oidc_client_id: str | None = None
    """What this server is called at the provider."""

    oidc_client_secret: SecretStr | None = None
    """The secret that the provider gave it. None: it gave none."""

    oidc_client_secret_file: Path | None = None
    """A file with that secret, in its place."""

    oidc_scopes: Annotated[tuple[str, ...], Words] = ()
    """Scopes to ask for besides `openid profile email`, such as `groups`."""

    oidc_groups_claim: str = Field(default="groups", min_length=1)
    """The claim in which the provider names somebody's groups."""

    oidc_allowed_groups: Annotated[tuple[str, ...], Words] = ()
    """Groups of which one is needed to sign in. None: whoever the provider knows may."""

    oidc_admin_groups: Annotated[tuple[str, ...], Words] = ()
    """Groups whose members look after this server; nobody else who signs in there does. None: the provider \
has no say in that."""

    oidc_makes_accounts: bool = True
    """Whether somebody who signs in there for the first time gets an account."""

    oidc_links_by_email: bool = False
    """Whether an account here with the same email address, if the provider vouches for it, is theirs."""

    token_audience: str = Field(default="visavis", min_length=1)
    """What room tokens for this server have as `aud`."""

    token_lifetime: float = Field(default=86_400.0, ge=60, le=31_622_400, allow_inf_nan=False)
    """The longest that a room token may last, in seconds."""

    token_issuer: str | None = None
    """What room tokens have as `iss` that are signed with the keys of one of the next two settings."""

    token_public_keys: Path | None = None
    """File of public keys (PEM: RSA, EC P-256, Ed25519), for room tokens that name no key."""

    token_jwks_url: SecureUrl | None = None
    """Address of a key set (JWKS), for room tokens that name a key of it."""

    token_rooms: bool = False
    """Whether room tokens of `token_issuer` make their rooms where there are none."""

    rooms_per_minute: int = Field(default=60, ge=1)
    """Rooms that one client address may make within 60 seconds, over HTTP and over sockets together."""

    max_connections: int = Field(default=10_000, ge=1)
    """Signaling connections that may be open at once."""

    max_connections_per_address: int = Field(default=1000, ge=1)
    """The same from one client address. Behind a proxy that is not trusted all come from one."""

    connections_per_second: int = Field(default=500, ge=1)
    """New signaling connections in one second."""

    fast_path: bool = True
    """Whether WebSockets pass by the web framework, which is what makes them cheap. The same either way."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important log line that is written."""

    log_format: Literal["text", "json"] = "text"
    """`text` for people, `json` for one object on each line."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.room_capacity > self.max_room_capacity:
            raise ValueError(
                f"room_capacity ({self.room_capacity}) is above max_room_capacity ({self.max_room_capacity})"
            )
        return self

    @property
    def base_url(self) -> str | None:
        """The address at which people reach the server, where the settings tell."""
        if self.public_url is not None or self.domain is None:
            return self.public_url
        return f"https://{self.domain}" + ("" if self.port == 443 else f":{self.port}")

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if self.smtp_host is None:
            if self.smtp_from or self.smtp_username or self.smtp_password:
                raise ValueError("smtp_from, smtp_username and smtp_password are for a server in smtp_host")
            return self
        if self.smtp_from is None or self.base_url is None:
            raise ValueError("smtp_host needs smtp_from, and public_url for the links in mails")
        if (self.smtp_username is None) != (self.smtp_password is None):
            raise ValueError("smtp_username and smtp_password belong together")
        return self

    @model_validator(mode="after")
    def _turn_is_whole(self) -> Self:
        has_user = self.turn_username is not None and self.turn_credential is not None
        if self.turn_urls and (self.turn_secret is not None) == has_user:
            raise ValueError("turn_urls need either turn_secret, or turn_username and turn_credential")
        if not self.turn_urls and (self.turn_secret or self.turn_username or self.turn_credential):
            raise ValueError("turn_secret, turn_username and turn_credential are for servers in turn_urls")
        if (self.turn_certificate is None) != (self.turn_key is None):
            raise ValueError("turn_certificate and turn_key belong together")
        if self.relay_only and self.turn == "off" and not (self.turn_urls or self.ice_provider_url):
            raise ValueError("relay_only needs a TURN server: turn, turn_urls or ice_provider_url")
        return self

    @model_validator(mode="after")
    def _provider_is_whole(self) -> Self:
        if (self.oidc_issuer is None) != (self.oidc_client_id is None):
            raise ValueError("oidc_issuer and oidc_client_id belong together")
        if self.oidc_client_secret is not None and self.oidc_client_secret_file is not None:
            raise ValueError(
                "oidc_client_secret and oidc_client_secret_file do not go together: set one of them"
            )
        if self.oidc_links_by_email and self.signup == "open":
            # Else somebody could make an account with another's address beforehand, and wait inside.
            raise ValueError("oidc_links_by_email needs signup closed: nobody confirms the addresses")
        return self

    @model_validator(mode="after")
    def _issuer_is_whole(self) -> Self:
        has_keys = self.token_public_keys is not None or self.token_jwks_url is not None
        if has_keys and self.token_issuer is None:
            raise ValueError("token_public_keys and token_jwks_url need token_issuer")
        if self.token_issuer is not None and not has_keys:
            raise ValueError("token_issuer needs token_public_keys or token_jwks_url")
        return self

    @model_validator(mode="after")
    def _one_https(self) -> Self:
        ways = [name for name in ("lan", "domain", "tls_certificate") if getattr(self, name)]
        if len(ways) > 1:
            raise ValueError(f"{' and '.join(ways)} do not go together: set one of them")
        if self.tls_key is not None and self.tls_certificate is None:
            raise ValueError("tls_key is set, and tls_certificate is not")
        if self.http_port is not None and not ways:
            raise ValueError("http_port is for plain http beside https: set lan, domain or tls_certificate")
        if self.http_port and self.http_port == self.port:
            raise ValueError(f"port and http_port are both {self.port}, and must differ")
        return self


_SECRET = frozenset(
    name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)
)
"""Settings of which no value is ever shown."""


def load_settings(
    options: Mapping[str, object] | None = None, environ: Mapping[str, str] = os.environ
) -> Settings:
    """The settings of this process.

    Args:
        options: settings from the command line, by name; None stands for "not given".
        environ: the environment.

    Raises:
        SettingsInvalid: names each thing that is wrong, and where it is written.
    """
    file = _settings_file(environ)
    in_file = _read(file) if file is not None else {}
    in_environment = {
        name: value
        for name, value in _variables(environ).items()
        # An empty variable is how shells, make and compose files say "not set".
        if value or name not in Settings.model_fields
    }
    in_options = {name: value for name, value in (options or {}).items() if value is not None}

    def place(name: str) -> str:
        if name in in_options:
            return "--" + name.replace("_", "-")
        if name in in_environment:
            return PREFIX + name.upper()
        return f"{name} in {file}" if name in in_file else name

    try:
        return Settings(**{**in_file, **in_environment, **in_options})
    except ValidationError as error:
        # A default that follows from a setting that is wrong is no problem of its own.
        problems = [found for found in error.errors() if found["type"] != "default_factory_not_called"]
        raise SettingsInvalid(*(_problem(details, place) for details in problems)) from None


def _variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Our variables, by the names of settings."""
    return {
        variable.removeprefix(PREFIX).lower(): value
        for variable, value in environ.items()
        if variable.startswith(PREFIX) and variable != FILE_VARIABLE and not variable.startswith(_FOR_TESTS)
    }


def _settings_file(environ: Mapping[str, str]) -> Path | None:
    named = environ.get(FILE_VARIABLE)
    if named:
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsInvalid(f"{file}: the settings file cannot be read: {reason}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"{file}: the settings file is not TOML: {error}.") from None


def _problem(details: ErrorDetails, place: Callable[[str], str]) -> str:
    """One line about one value: where it is written, what is wrong, what it is."""
    if not details["loc"]:  # settings that do not go together
        return details["msg"].removeprefix("Value error, ") + "."
    name = str(details["loc"][0])
    if details["type"] == "extra_forbidden":
        return f"{place(name)}: there is no such setting."
    wrong = details["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if name in _SECRET:
        return f"{place(name)}: {wrong}."
    return f"{place(name)}: {wrong}, and is {str(details['input'])[:80]!r}."
