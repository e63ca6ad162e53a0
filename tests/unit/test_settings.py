"""Settings: where they come from, and what is refused."""

import re
from pathlib import Path

import pytest

from visavis import rooms
from visavis.settings import Settings, SettingsInvalid, load_settings

HOSTING = Path(__file__).parents[2] / "docs/hosting.md"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory without a settings file."""
    monkeypatch.chdir(tmp_path)


def problems_of(environ: dict[str, str], **options: object) -> tuple[str, ...]:
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(options, environ)
    return caught.value.problems


@pytest.mark.parametrize(
    "environ",
    [
        {"VISAVIS_TOKEN_ISSUER": "https://clinic.example"},
        {"VISAVIS_TOKEN_JWKS_URL": "https://clinic.example/keys"},
        {"VISAVIS_TOKEN_ISSUER": "x", "VISAVIS_TOKEN_JWKS_URL": "http://clinic.example/keys"},
        {"VISAVIS_TOKEN_PUBLIC_KEYS": "/etc/keys.pem"},
        {"VISAVIS_TOKEN_LIFETIME": "1"},
        {"VISAVIS_OIDC_ISSUER": "https://id.example"},
        {"VISAVIS_OIDC_CLIENT_ID": "visavis"},
        {"VISAVIS_OIDC_ISSUER": "http://id.example", "VISAVIS_OIDC_CLIENT_ID": "visavis"},
        {"VISAVIS_OIDC_CLIENT_SECRET": "x", "VISAVIS_OIDC_CLIENT_SECRET_FILE": "/run/secret"},
        {"VISAVIS_OIDC_LINKS_BY_EMAIL": "true", "VISAVIS_SIGNUP": "open"},
    ],
)
def test_a_provider_or_an_issuer_that_is_half_known_stops_the_start(environ: dict[str, str]) -> None:
    assert len(problems_of(environ)) == 1


def test_nothing_given_is_the_defaults() -> None:
    assert load_settings({}, {"PATH": "/bin"}) == Settings()


def test_a_variable_wins_over_the_file_and_an_option_over_both(tmp_path: Path) -> None:
    (tmp_path / "visavis.toml").write_text('host = "a"\nport = 1\nroom_capacity = 4\n')
    settings = load_settings({"host": "c"}, {"VISAVIS_HOST": "b", "VISAVIS_PORT": "2"})
    assert (settings.host, settings.port, settings.room_capacity) == ("c", 2, 4)


def test_an_option_that_was_not_given_changes_nothing() -> None:
    assert load_settings({"port": None}, {"VISAVIS_PORT": "2"}).port == 2


def test_the_file_can_be_named(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text('stun_urls = ["stun:a.example:3478"]\n')
    assert load_settings({}, {"VISAVIS_SETTINGS": str(file)}).stun_urls == ("stun:a.example:3478",)


def test_a_list_in_a_variable_has_commas() -> None:
    environ = {"VISAVIS_ALLOWED_ORIGINS": "https://A.example/, http://[::1]:3000"}
    assert load_settings({}, environ).allowed_origins == ("https://a.example", "http://[::1]:3000")


def test_an_empty_variable_is_not_set() -> None:
    environ = {"VISAVIS_PORT": "", "VISAVIS_DATA": "", "VISAVIS_STUN_URLS": ""}
    assert load_settings({}, environ) == Settings()


def test_variables_of_the_tests_are_not_settings() -> None:
    assert load_settings({}, {"VISAVIS_TEST_COMMAND": "x"}) == Settings()


@pytest.mark.parametrize("value", ["", "1"])
def test_an_unknown_variable_is_refused(value: str) -> None:
    assert problems_of({"VISAVIS_PROT": value}) == ("VISAVIS_PROT: there is no such setting.",)


def test_an_unknown_line_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "visavis.toml").write_text("prot = 1\n")
    assert problems_of({}) == ("prot in visavis.toml: there is no such setting.",)


def test_a_file_that_is_missing_or_no_toml_is_refused(tmp_path: Path) -> None:
    (missing,) = problems_of({"VISAVIS_SETTINGS": "nowhere.toml"})
    assert missing.startswith("nowhere.toml: the settings file cannot be read")
    (tmp_path / "visavis.toml").write_text("port 8000\n")
    (malformed,) = problems_of({})
    assert malformed.startswith("visavis.toml: the settings file is not TOML")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("VISAVIS_PORT", "x"),
        ("VISAVIS_PORT", "-1"),
        ("VISAVIS_PORT", "65536"),
        ("VISAVIS_ROOM_CAPACITY", "1"),
        ("VISAVIS_MAX_ROOM_CAPACITY", "1"),
        ("VISAVIS_RESUME_GRACE", "0"),
        ("VISAVIS_RESUME_GRACE", "nan"),
        ("VISAVIS_TICKET_LIFETIME", "inf"),
        ("VISAVIS_ROOMS_PER_MINUTE", "0"),
        ("VISAVIS_LOG_LEVEL", "loud"),
        ("VISAVIS_LOG_FORMAT", "xml"),
        ("VISAVIS_ALLOWED_ORIGINS", "*"),
        ("VISAVIS_ALLOWED_ORIGINS", "https://*.example.org"),
        ("VISAVIS_ALLOWED_ORIGINS", "example.org"),
        ("VISAVIS_ALLOWED_ORIGINS", "https://example.org/path"),
        ("VISAVIS_ALLOWED_ORIGINS", "https://user@example.org"),
        ("VISAVIS_DOMAIN", "example"),
        ("VISAVIS_DOMAIN", "192.0.2.7"),
        ("VISAVIS_DOMAIN", "https://calls.example.org"),
        ("VISAVIS_DOMAIN", "-calls.example.org"),
        ("VISAVIS_DOMAIN", "bücher.example"),
        ("VISAVIS_ACME_DIRECTORY", "http://acme.example"),
        ("VISAVIS_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("VISAVIS_TRUSTED_PROXIES", "proxy"),
        ("VISAVIS_HTTP_PORT", "65536"),
        ("VISAVIS_STUN_URLS", "stun.example.org"),
        ("VISAVIS_STUN_URLS", "turn:turn.example.org"),
        ("VISAVIS_TURN", "perhaps"),
        ("VISAVIS_TURN_HOST", "turn.example.org:3478"),
        ("VISAVIS_TURN_PORT", "0"),
        ("VISAVIS_TURN_RELAY_PORTS", "50000"),
        ("VISAVIS_TURN_RELAY_PORTS", "60000-50000"),
        ("VISAVIS_TURN_RELAY_PORTS", "80-50000"),
        ("VISAVIS_TURN_EXTERNAL_ADDRESS", "turn.example.org"),
        ("VISAVIS_TURN_ALLOWED_PEERS", "10.0.0.1/8"),
        ("VISAVIS_TURN_ALLOWED_PEERS", "10.0.0.0/33"),
        ("VISAVIS_TURN_ALLOWED_PEERS", "10.0.0.0-10.0.0.9"),
        ("VISAVIS_TURN_ALLOWED_PEERS", "0.0.0.0/0"),
        ("VISAVIS_TURN_ALLOWED_PEERS", "127.0.0.1"),
        ("VISAVIS_TURN_ALLOWED_PEERS", "169.254.169.254"),
        ("VISAVIS_TURN_ALLOWED_PEERS", "::1"),
        ("VISAVIS_TURN_ALLOWED_PEERS", "::ffff:10.0.0.1"),
        ("VISAVIS_TURN_URLS", "stun:a.example"),
        ("VISAVIS_TURN_URLS", "turn:a.example?transport=sctp"),
        ("VISAVIS_TURN_CREDENTIAL_LIFETIME", "1"),
        ("VISAVIS_ICE_PROVIDER_METHOD", "DELETE"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_variable_and_the_value(variable: str, value: str) -> None:
    problems = problems_of({variable: value})
    assert problems[0].startswith(f"{variable}: ")
    assert f"'{value}'" in problems[0]
    assert all("\n" not in problem for problem in problems)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://me:hush@db/x",
        "postgresql+asyncpg://me:hush@db/x",
        "postgresql://",
        "me:hush@db",
    ],
)
def test_an_address_of_a_database_that_cannot_be_is_refused_and_not_shown(url: str) -> None:
    (problem,) = problems_of({"VISAVIS_DATABASE_URL": url})
    assert problem.startswith("VISAVIS_DATABASE_URL: must be an address such as postgresql://")
    assert "hush" not in problem


@pytest.mark.parametrize("scheme", ["postgresql", "mongodb", "mongodb+srv"])
def test_the_address_of_a_database_does_not_show_itself(scheme: str) -> None:
    settings = load_settings({}, {"VISAVIS_DATABASE_URL": f"{scheme}://me:hush@db.example.org/visavis"})
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value().endswith("@db.example.org/visavis")
    assert "hush" not in f"{settings} {settings!r} {settings.model_dump()}"


def test_every_problem_is_told_at_once() -> None:
    problems = problems_of({"VISAVIS_HOST": "h", "VISAVIS_LOG_LEVEL": "loud", "VISAVIS_X": "1"}, port="p")
    assert [problem.partition(":")[0] for problem in problems] == ["--port", "VISAVIS_LOG_LEVEL", "VISAVIS_X"]


def test_a_capacity_above_the_largest_is_refused() -> None:
    environ = {"VISAVIS_ROOM_CAPACITY": "9", "VISAVIS_MAX_ROOM_CAPACITY": "8"}
    assert problems_of(environ) == ("room_capacity (9) is above max_room_capacity (8).",)


@pytest.mark.parametrize(
    "environ",
    [
        {"TURN_URLS": "turn:a.example"},
        {"TURN_URLS": "turn:a.example", "TURN_SECRET": "s", "TURN_USERNAME": "u", "TURN_CREDENTIAL": "c"},
        {"TURN_URLS": "turn:a.example", "TURN_USERNAME": "u"},
        {"TURN_SECRET": "s"},
        {"TURN_CERTIFICATE": "c.pem"},
        {"RELAY_ONLY": "true", "TURN": "off"},
    ],
)
def test_settings_for_turn_that_do_not_go_together_are_one_line(environ: dict[str, str]) -> None:
    (problem,) = problems_of({f"VISAVIS_{name}": value for name, value in environ.items()})
    assert problem.endswith(".")


@pytest.mark.parametrize(
    "url", ["http://provider.example/key", "ftp://provider.example", "provider", "https://"]
)
def test_a_provider_is_asked_over_https_and_its_address_is_not_shown(url: str) -> None:
    (problem,) = problems_of({"VISAVIS_ICE_PROVIDER_URL": url})
    assert problem == "VISAVIS_ICE_PROVIDER_URL: must be an https address."


def test_secrets_do_not_show_themselves() -> None:
    secrets = {"turn_secret": "one", "ice_provider_authorization": "two", "ice_provider_body": "three"}
    url = {"turn_urls": ("turn:a.example",), "ice_provider_url": "https://a.example/?apiKey=four"}
    shown_settings = repr(Settings.model_validate(secrets | url))
    assert not any(
        f"{secret!r}" in shown_settings or "four" in shown_settings for secret in ("one", "two", "three")
    )


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"TLS_KEY": "key.pem"}, "tls_key is set, and tls_certificate is not"),
        ({"LAN": "true", "DOMAIN": "calls.example.org"}, "lan and domain do not go together"),
        ({"LAN": "1", "TLS_CERTIFICATE": "cert.pem"}, "lan and tls_certificate do not go together"),
        ({"HTTP_PORT": "8080"}, "http_port is for plain http beside https"),
        ({"LAN": "true", "PORT": "8080"}, "port and http_port are both 8080"),
    ],
)
def test_settings_of_https_that_do_not_go_together_are_refused(variables: dict[str, str], words: str) -> None:
    (problem,) = problems_of({f"VISAVIS_{name}": value for name, value in variables.items()})
    assert problem.startswith(words)


def test_https_listens_on_every_address_and_on_ports_of_its_own() -> None:
    def where(settings: Settings) -> tuple[str, int, int | None]:
        return settings.host, settings.port, settings.http_port

    assert where(Settings()) == ("127.0.0.1", 8000, None)
    assert where(Settings(lan=True)) == ("::", 8443, 8080)
    assert where(Settings(domain="calls.example.org")) == ("::", 443, 80)
    assert where(Settings(tls_certificate=Path("cert.pem"))) == ("::", 8443, None)
    assert where(Settings(lan=True, host="192.168.1.5", port=1, http_port=2)) == ("192.168.1.5", 1, 2)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1


def test_the_least_capacity_is_that_of_the_rules() -> None:
    least = rooms.MIN_CAPACITY
    assert Settings(room_capacity=least, max_room_capacity=least).room_capacity == least


def test_the_documentation_lists_every_setting() -> None:
    rows = re.findall(r"^\| `(VISAVIS_\w+)` \| (.+?) \| (.+?) \|$", HOSTING.read_text(), re.MULTILINE)
    documented = {variable: (default, meaning) for variable, default, meaning in rows}
    assert documented == {
        f"VISAVIS_{name.upper()}": (f"`{shown(getattr(Settings(), name))}`", field.description)
        for name, field in Settings.model_fields.items()
    }


def shown(default: object) -> str:
    """A default as one would write it into a variable."""
    if default in ((), None):
        return "(none)"
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default)
