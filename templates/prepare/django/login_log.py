"""Logs logins, failed logins and logouts of Django, which it does not by itself.

    class AccountsConfig(AppConfig):
        def ready(self):
            from . import login_log
"""
import logging

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

log = logging.getLogger("django.security.login")


def address_of(request):
    # Behind a proxy: let the server in front set REMOTE_ADDR (real_ip of nginx, mod_remoteip of Apache).
    # X-Forwarded-For is what the client wrote.
    return request.META.get("REMOTE_ADDR") if request is not None else None


def event(level, action, outcome, user, request):
    meta = request.META if request is not None else {}
    log.log(
        level,
        "%s %s",
        action,
        outcome,
        extra={
            "event.category": ["authentication"],
            "event.action": action,
            "event.outcome": outcome,
            "user.name": str(user)[:200],
            "source.ip": address_of(request),
            "url.path": getattr(request, "path", None),
            "user_agent.original": meta.get("HTTP_USER_AGENT"),
            "http.request.id": meta.get("HTTP_X_REQUEST_ID"),
        },
    )


@receiver(user_logged_in)
def logged_in(sender, request, user, **_):
    event(logging.INFO, "login", "success", user.get_username(), request)


@receiver(user_logged_out)
def logged_out(sender, request, user, **_):
    if user is not None:
        event(logging.INFO, "logout", "success", user.get_username(), request)


@receiver(user_login_failed)
def login_failed(sender, credentials, request=None, **_):
    # Django empties the secrets in credentials; only the name is read all the same.
    event(logging.WARNING, "login", "failure", credentials.get("username", ""), request)
