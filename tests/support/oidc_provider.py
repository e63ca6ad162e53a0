"""An OpenID Connect provider in a process of its own, which can be told to misbehave.

It signs in whoever comes, without asking, as the person whom ``person`` describes. It is strict where a
provider has to be: codes are good once, for the client, the address and the PKCE verifier that they were
given to. What it does wrong is set by :meth:`OidcProvider.set`, and by nothing else.
"""

import base64
import hashlib
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.support.eventually import eventually
from tests.support.server_process import free_port

CLIENT_ID, CLIENT_SECRET = "visavis", "a secret/with:signs"

GOOD: dict[str, Any] = {
    "person": {"sub": "mara-1", "name": "Mara", "email": "mara@example.org", "email_verified": True},
    # Of the ID token: claims in place of the right ones; None leaves one out.
    "claims": {},
    # "none", or "HS256" with the client's secret; by default the provider's own key.
    "algorithm": "RS256",
    # Whether another key signs than the one that is published.
    "stranger": False,
    # In place of the issuer in the answer (RFC 9207); None leaves it out.
    "iss": "right",
    # An error in place of a code.
    "error": None,
    # What the token endpoint answers instead, as (status, body).
    "token_answer": None,
    # Claims that only the user info has.
    "only_in_user_info": [],
    # The subject of the user info, where it is another.
    "user_info_sub": None,
    "has_iss_parameter": True,
    "auth_methods": ["client_secret_basic"],
}


class OidcProvider:
    """The process, from ``start`` to ``stop``."""

    def __init__(self) -> None:
        self.port = free_port()
        self.issuer = f"http://localhost:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        root = Path(__file__).parents[2]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.oidc_provider", str(self.port)],
            cwd=root,
            env=os.environ | {"PYTHONPATH": str(root)},
        )
        eventually("the provider answers", self._is_up, within=20)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None

    def set(self, **knobs: Any) -> None:
        """Behave well but for this."""
        httpx.put(f"{self.issuer}/behaviour", json=GOOD | knobs).raise_for_status()

    def rotate(self) -> None:
        """Sign with another key from now on; the old one is not published any more."""
        httpx.post(f"{self.issuer}/rotate").raise_for_status()

    def _is_up(self) -> bool:
        try:
            return httpx.get(f"{self.issuer}/.well-known/openid-configuration").is_success
        except httpx.HTTPError:
            return False


class _Behaviour:
    """What the process does."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.knobs = GOOD
        self.codes: dict[str, dict[str, str]] = {}
        self.key, self.key_id = _new_key()

    async def configure(self, request: Request) -> Response:
        self.knobs = await request.json()
        return JSONResponse({})

    async def rotate(self, _: Request) -> Response:
        self.key, self.key_id = _new_key()
        return JSONResponse({})

    async def description(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize?tenant=a",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "token_endpoint_auth_methods_supported": self.knobs["auth_methods"],
                "authorization_response_iss_parameter_supported": self.knobs["has_iss_parameter"],
            }
        )

    async def jwks(self, _: Request) -> Response:
        own = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return JSONResponse({"keys": [own | {"kid": self.key_id, "use": "sig"}]})

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        wanted = {
            "tenant": "a",
            "response_type": "code",
            "client_id": CLIENT_ID,
            "code_challenge_method": "S256",
        }
        if any(asked.get(name) != value for name, value in wanted.items()):
            return JSONResponse({"error": "invalid_request"}, 400)
        if "openid" not in asked["scope"].split() or not asked["redirect_uri"].endswith("/api/v1/oidc/back"):
            return JSONResponse({"error": "invalid_scope"}, 400)
        answer = {"state": asked["state"]}
        if self.knobs["iss"] is not None:
            answer["iss"] = self.issuer if self.knobs["iss"] == "right" else self.knobs["iss"]
        if self.knobs["error"] is not None:
            answer["error"] = self.knobs["error"]
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self.codes[answer["code"]] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)

    async def token(self, request: Request) -> Response:
        if self.knobs["token_answer"] is not None:
            status, body = self.knobs["token_answer"]
            return Response(body, status, media_type="application/json")
        form = dict(parse_qsl((await request.body()).decode()))
        if not self._is_client(request, form):
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = _base64url(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != asked["redirect_uri"]
            or challenge != asked["code_challenge"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(
            {"access_token": "access", "token_type": "Bearer", "id_token": self._id_token(asked["nonce"])}
        )

    async def user_info(self, request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer access":
            return JSONResponse({"error": "invalid_token"}, 401)
        sub = self.knobs["user_info_sub"] or self.knobs["person"]["sub"]
        return JSONResponse(self.knobs["person"] | {"sub": sub})

    def _is_client(self, request: Request, form: dict[str, str]) -> bool:
        if "client_secret_post" in self.knobs["auth_methods"]:
            return (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        # Both are encoded as in a form first (RFC 6749, section 2.3.1).
        told = base64.b64encode(f"{CLIENT_ID}:a%20secret%2Fwith%3Asigns".encode()).decode()
        return request.headers.get("authorization") == f"Basic {told}"

    def _id_token(self, nonce: str) -> str:
        person = {
            name: value
            for name, value in self.knobs["person"].items()
            if name not in self.knobs["only_in_user_info"]
        }
        now = int(time.time())
        usual = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce}
        given = (usual | person | self.knobs["claims"]).items()
        claims = {name: value for name, value in given if value is not None}
        algorithm, headers = self.knobs["algorithm"], {"kid": self.key_id}
        if algorithm == "none":
            return jwt.encode(claims, "", "none", headers=headers)
        if algorithm == "HS256":
            return jwt.encode(claims, CLIENT_SECRET.ljust(32), "HS256", headers=headers)
        key = _new_key()[0] if self.knobs["stranger"] else self.key
        return jwt.encode(claims, key, "RS256", headers=headers)


def _new_key() -> tuple[RSAPrivateKey, str]:
    return generate_private_key(65537, 2048), secrets.token_hex(4)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _main(port: int) -> None:
    provider = _Behaviour(f"http://localhost:{port}")
    routes = [
        Route("/behaviour", provider.configure, methods=["PUT"]),
        Route("/rotate", provider.rotate, methods=["POST"]),
        Route("/.well-known/openid-configuration", provider.description),
        Route("/jwks", provider.jwks),
        Route("/authorize", provider.authorize),
        Route("/token", provider.token, methods=["POST"]),
        Route("/userinfo", provider.user_info),
    ]
    uvicorn.run(Starlette(routes=routes), port=port, log_level="error")


if __name__ == "__main__":
    _main(int(sys.argv[1]))
