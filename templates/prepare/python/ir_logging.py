"""Logging for a service: one JSON object a line, UTC, nothing secret.

    import ir_logging
    ir_logging.configure("/var/log/app/app.log")
    ir_logging.event("login", outcome="failure", user="kim", ip="192.0.2.7", reason="wrong password")
"""
import atexit
import json
import logging
import logging.handlers
import queue
import re
from datetime import datetime, timezone

# What travels under these names is never written.
SECRET = re.compile(r"(?:password|passwd|passphrase|secret|token|api_?key|credential|authorization|cookie)$", re.I)
# And where it stands in texts.
IN_TEXT = re.compile(r"\b(?:(bearer|basic)\s+[\w.~+/=-]{8,}|(password|token|secret|api_?key)=[^\s&\"]+)", re.I)
MASKED = "[masked]"
# What every record has: all else was given by the caller in extra=.
PLAIN = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def mask(value, depth=0):
    if isinstance(value, str):
        return IN_TEXT.sub(lambda m: f"{m[1]} {MASKED}" if m[1] else f"{m[2]}={MASKED}", value)
    if depth > 8:
        return MASKED
    if isinstance(value, dict):
        return {str(k): MASKED if SECRET.search(str(k)) else mask(v, depth + 1) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask(item, depth + 1) for item in value]
    return value


class JsonFormatter(logging.Formatter):
    def format(self, record):
        stamp = datetime.fromtimestamp(record.created, timezone.utc)
        fields = {
            "@timestamp": stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "log.level": record.levelname.lower(),
            "log.logger": record.name,
            "message": record.getMessage(),
            "process.pid": record.process,
        }
        fields.update({k: v for k, v in record.__dict__.items() if k not in PLAIN})
        if record.exc_info:
            fields["error.type"] = record.exc_info[0].__name__ if record.exc_info[0] else None
            fields["error.stack_trace"] = self.formatException(record.exc_info)
        elif record.exc_text:
            fields["error.stack_trace"] = record.exc_text
        # json escapes line ends: nobody can make a line of their own.
        return json.dumps(mask(fields), default=str)


class Queued(logging.handlers.QueueHandler):
    """Hands records over as they are: the formatter has a use for exc_info and for what stands in extra=."""

    def prepare(self, record):
        record.message = record.getMessage()
        return record


def configure(path, level=logging.INFO):
    """Call once, in each process after it was forked."""
    # Goes on in the new file after logrotate; in a container use logging.StreamHandler().
    handler = logging.handlers.WatchedFileHandler(path, encoding="utf-8")
    handler.setFormatter(JsonFormatter())
    lines = queue.SimpleQueue()
    listener = logging.handlers.QueueListener(lines, handler)
    listener.start()
    atexit.register(listener.stop)
    root = logging.getLogger()
    root.setLevel(level)
    root.addHandler(Queued(lines))
    logging.captureWarnings(True)


def event(action, *, outcome, user=None, ip=None, **more):
    """One act. Log these: login, logout, password_change, mfa_change, permission_change, configuration_change, access_denied."""
    logging.getLogger("audit").log(
        logging.WARNING if outcome == "failure" else logging.INFO,
        "%s %s",
        action,
        outcome,
        extra={"event.action": action, "event.outcome": outcome, "user.name": user, "source.ip": ip, **more},
    )
