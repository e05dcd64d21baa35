"""Who may ask: tokens, the search for instances, and the plan catalogue."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

INSTANCE = "crn:v1:bluemix:public:quantum-computing:us-east:a/stub-account:stub-instance::"
PLAN = "stub-plan"
LIFETIME = 3600  # seconds that a token is valid


def issue(key: str) -> dict[str, Any]:
    """Return the answer to a request for a token, which is signed with the account's key."""
    now = int(time.time())
    body = f"{_encode({'alg': 'HS256', 'typ': 'JWT'})}.{_encode({'iat': now, 'exp': now + LIFETIME})}"
    return {
        "access_token": f"{body}.{_signature(body, key)}",
        "refresh_token": "not_supported",
        "token_type": "Bearer",
        "expires_in": LIFETIME,
        "expiration": now + LIFETIME,
    }


def refusal(authorization: str, key: str) -> str | None:
    """Say why a request's authorization is not valid, or return None."""
    scheme, _, value = authorization.partition(" ")
    if scheme == "apikey":
        return None if hmac.compare_digest(value, key) else "the API key is not valid"
    body, _, signature = value.rpartition(".")
    if scheme != "Bearer" or not hmac.compare_digest(signature, _signature(body, key)):
        return "the access token is not valid"
    claims = body.partition(".")[2]
    expires = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"]
    return None if time.time() < expires else "the access token has expired"


def instances() -> dict[str, Any]:
    """Return the answer to the search for instances: one."""
    entry = {
        "crn": INSTANCE,
        "name": "stub",
        "service_plan_unique_id": PLAN,
        "tags": [],
        "doc": {"extensions": {"backends": "all"}},
    }
    return {"items": [entry], "limit": 100}


def plan() -> dict[str, Any]:
    """Return the catalogue's entry of the instance's plan."""
    return {
        "id": PLAN,
        "overview_ui": {"en": {"display_name": "Pay-as-you-go"}},
        "metadata": {"pricing": {"type": "paygo"}},
    }


def resources(name: str) -> dict[str, Any]:
    """Return the answer to the look-up of an instance by its name."""
    found = [{"crn": INSTANCE, "name": "stub"}] if name == "stub" else []
    return {"rows_count": len(found), "resources": found}


def _encode(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _signature(body: str, key: str) -> str:
    digest = hmac.new(key.encode(), body.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
