"""Verifies Fountain's access tokens in a FastAPI service, with PyJWT. Copy this file into your service.

    fountain = Fountain("https://fountain.example", audience="notes", key=os.environ["VERIFIER_KEY"])

    @app.get("/items")
    def list_items(caller: dict = Depends(fountain.caller("notes:read"))): ...

A thread follows the keys and the revocations: a revoked token is refused within five seconds. Without a response of Fountain
for a minute, all tokens are refused with 503 (docs/tokens.md).
"""
import json
import logging
import threading
import time
import urllib.request
from datetime import datetime

import jwt
from fastapi import HTTPException, Request

ALGORITHMS = {"EdDSA", "ES256", "RS256"}
CLAIMS = ["exp", "iat", "sub", "jti", "sid", "roles", "scope", "acr", "auth_time"]
# Valid for searches or for one request at Fountain only.
RESTRICTIONS = {"search_filter", "search_limits", "authorization_details", "cnf"}
MAX_TOKEN_CHARACTERS = 8192
POLL_SECONDS = 2
KEYS_SECONDS = 30
# A revoked signing key leaves the key set.
MAX_KEYS_SECONDS = 60
TIMEOUT_SECONDS = 5
# No token is valid for longer than an hour.
RETENTION_SECONDS = 90 * 60
# How late the clock of this machine may be.
CLOCK_TOLERANCE_SECONDS = 5


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """The request holds the key, which is for Fountain only."""

    def redirect_request(self, *_):
        return None


opener = urllib.request.build_opener(NoRedirects)


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def refusal(status, error="", detail="Send a valid access token in Authorization."):
    headers = {"Retry-After": "2"} if status == 503 else {"WWW-Authenticate": f"Bearer {error}".strip()}
    return HTTPException(status, detail, headers)


class Fountain:
    """`key`: an API key with the scope `tokens:verify`. `url`: where Fountain is reached, if not at `issuer`."""

    def __init__(self, issuer, audience, key, url=None, max_staleness_seconds=60):
        self.issuer, self.audience, self.key = issuer, audience, key
        self.url = (url or issuer).rstrip("/")
        self.max_staleness_seconds = max_staleness_seconds
        self.keys, self.keys_at = {}, float("-inf")
        self.revoked, self.rights, self.position, self.feed_at = {}, {}, None, float("-inf")
        self.is_loaded = threading.Event()
        threading.Thread(target=self._follow, daemon=True).start()

    def caller(self, *scopes, max_age_seconds=None):
        """A dependency: the claims of a caller with these scopes, and a second factor within that time."""

        def dependency(request: Request) -> dict:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme == "":
                raise refusal(401)
            try:
                claims = self.verify(token if scheme.lower() == "bearer" else "")
            except jwt.PyJWTError:
                raise refusal(401, 'error="invalid_token"')
            if not set(scopes) <= set(claims["scope"].split()):
                needed = " ".join(scopes)
                raise refusal(403, f'error="insufficient_scope", scope="{needed}"', f"This requires the scope {needed}.")
            if max_age_seconds is not None:
                if claims["acr"] != "aal2" or time.time() - claims["auth_time"] > max_age_seconds:
                    error = f'error="insufficient_user_authentication", acr_values="aal2", max_age="{max_age_seconds}"'
                    raise refusal(401, error, "Verify a second factor.")
            return claims

        return dependency

    def verify(self, token):
        """The claims. Raises `jwt.PyJWTError` for a token that is not valid, and `HTTPException` if that cannot be said."""
        self.is_loaded.wait(TIMEOUT_SECONDS)
        now = time.monotonic()
        if now - self.keys_at > MAX_KEYS_SECONDS or now - self.feed_at > self.max_staleness_seconds:
            raise refusal(503, detail="Tokens cannot be verified at present.")
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise jwt.InvalidTokenError("too long")
        header = jwt.get_unverified_header(token)
        key = self.keys.get(header.get("kid"))
        if key is None or header.get("typ") != "at+jwt" or "crit" in header:
            raise jwt.InvalidTokenError("no access token with a known key")
        claims = jwt.decode(
            token,
            key["key"],
            algorithms=[key["algorithm"]],
            audience=self.audience,
            issuer=self.issuer,
            options={"require": CLAIMS, "verify_iat": False},
        )
        if RESTRICTIONS & claims.keys() or not isinstance(claims["scope"], str) or not isinstance(claims["roles"], list):
            raise jwt.InvalidTokenError("not valid for any request")
        if self._is_revoked(claims):
            raise jwt.InvalidTokenError("revoked")
        return claims

    def _is_revoked(self, claims):
        act = claims.get("act", {})
        if not isinstance(act, dict) or ("act" in claims and "sid" not in act):
            raise jwt.InvalidTokenError("act is not understood")
        now = time.time() + CLOCK_TOLERANCE_SECONDS
        ids = (claims["sid"], claims["jti"], act.get("sid"))
        if any(self.revoked.get(each, float("inf")) <= now for each in ids):
            return True
        holders = [f"user:{claims['sub']}", *(f"role:{role}" for role in claims["roles"])]
        return any(claims["iat"] < self.rights.get(holder, 0) for holder in holders)

    def _follow(self):
        while True:
            try:
                if time.monotonic() - self.keys_at >= KEYS_SECONDS:
                    self._load_keys()
                self._load_revocations()
                self.is_loaded.set()
            except Exception:
                logging.getLogger(__name__).exception("Fountain's keys and revocations cannot be read")
            time.sleep(POLL_SECONDS)

    def _get(self, path, headers={}):
        request = urllib.request.Request(self.url + path, headers=headers)
        with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            return json.load(response)

    def _load_keys(self):
        started = time.monotonic()
        jwks = [jwk for jwk in self._get("/.well-known/jwks.json")["keys"] if jwk.get("alg") in ALGORITHMS]
        self.keys = {jwk["kid"]: {"key": jwt.PyJWK(jwk).key, "algorithm": jwk["alg"]} for jwk in jwks}
        self.keys_at = started

    def _load_revocations(self):
        started = time.monotonic()
        revoked, position, has_more = self.revoked, self.position, True
        while has_more:
            query = "" if position is None else f"?position={position}"
            page = self._get(f"/kms/revocations{query}", {"X-API-Key": self.key})
            if page["isWhole"]:
                revoked = {}
            for each in page["revocations"]:
                at = instant(each["revokedAt"])
                revoked[each["id"]] = min(at, revoked.get(each["id"], at))
            position, has_more = page["position"], page["hasMore"]
        oldest = time.time() - RETENTION_SECONDS
        self.revoked = {each: at for each, at in revoked.items() if at >= oldest}
        self.rights = {each["holder"]: instant(each["issuedBefore"]) for each in page["rightsChanges"]}
        self.position, self.feed_at = position, started
