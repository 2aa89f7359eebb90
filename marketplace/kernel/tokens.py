"""Secrets in links."""

import hashlib
import hmac

from django.conf import settings


def secret_token(purpose: str, subject: str) -> str:
    """An unguessable token that can be made again from the same subject, so none need be stored."""
    mac = hmac.new(settings.SECRET_KEY.encode(), f"{purpose}:{subject}".encode(), hashlib.sha256)
    return mac.hexdigest()[:40]


def token_hash(token: str) -> str:
    """What is stored in place of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
