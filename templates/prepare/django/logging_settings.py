"""LOGGING for Django's settings: JSON lines in UTC. JsonFormatter takes secrets out (ir prepare show python has one for any program)."""
import json
import logging
import os
import re
from datetime import datetime, timezone

SECRET = re.compile(r"(?:password|passwd|secret|token|api_?key|authorization|cookie|csrf\w*)$", re.I)
IN_TEXT = re.compile(r"\b(password|token|secret|api_?key)=[^\s&\"]+", re.I)
PLAIN = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "request", "server_time"}


class JsonFormatter(logging.Formatter):
    def format(self, record):
        stamp = datetime.fromtimestamp(record.created, timezone.utc)
        request = getattr(record, "request", None)
        meta = getattr(request, "META", {})
        user = getattr(request, "user", None)
        fields = {
            "@timestamp": stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "log.level": record.levelname.lower(),
            "log.logger": record.name,
            "message": IN_TEXT.sub(r"\1=[masked]", record.getMessage()),
        }
        if request is not None:
            fields["source.ip"] = meta.get("REMOTE_ADDR")
            fields["http.request.method"] = getattr(request, "method", None)
            # Without the query, which may carry secrets.
            fields["url.path"] = getattr(request, "path", None)
            fields["user.name"] = user.get_username() if user is not None else None
        if hasattr(record, "status_code"):
            fields["http.response.status_code"] = record.status_code
        fields.update({k: v for k, v in record.__dict__.items() if k not in PLAIN and k != "status_code"})
        if record.exc_info:
            fields["error.type"] = record.exc_info[0].__name__ if record.exc_info[0] else None
            fields["error.stack_trace"] = self.formatException(record.exc_info)
        return json.dumps({k: "[masked]" if SECRET.search(k) else v for k, v in fields.items() if v not in (None, "")}, default=str)


LOGGING = {
    "version": 1,
    # True would switch off the loggers of packages.
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonFormatter}},
    "handlers": {
        # Goes on in the new file after logrotate; RotatingFileHandler loses lines with several workers.
        "file": {
            "class": "logging.handlers.WatchedFileHandler",
            "filename": os.environ.get("LOG_FILE", "app.log"),
            "formatter": "json",
        },
    },
    "root": {"handlers": ["file"], "level": "INFO"},
    "loggers": {
        # Refused hosts, forged tokens, broken cookies; and logins by login_log.py.
        "django.security": {"level": "INFO", "propagate": True},
        # Answers of 4xx and 5xx, with the error.
        "django.request": {"level": "WARNING", "propagate": True},
        # At DEBUG this writes every query with its values.
        "django.db.backends": {"level": "WARNING", "propagate": True},
    },
}
