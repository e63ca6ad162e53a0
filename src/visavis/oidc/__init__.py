"""Signing in at an identity provider (OpenID Connect Core 1.0)."""

from visavis.oidc.claims import GroupRules, Person
from visavis.oidc.provider import Client, Provider
from visavis.oidc.sign_in import Answer, ProviderSignIn, Rules, Started, provider_sign_in

__all__ = [
    "Answer",
    "Client",
    "GroupRules",
    "Person",
    "Provider",
    "ProviderSignIn",
    "Rules",
    "Started",
    "provider_sign_in",
]
