"""Publishes findings to SNS: behind a subscription filter of CloudWatch Logs, or called with {"findings": [...]}."""
import base64
import gzip
import json
import os
import re

import boto3

SECRET = re.compile(r"\b(?:(bearer|basic)\s+[\w.~+/=-]{8,}|(password|passwd|token|secret|api_?key)(\"?\s*[=:]\s*\"?)[^\s&\",}]+)", re.I)
LEVELS = ("critical", "high")
SUBJECT = 99  # SNS takes fewer than 100 characters, and no line ends
MESSAGE = 8000  # well below 256 KiB, and a mail that is read


def mask(text):
    return SECRET.sub(lambda m: f"{m[1]} [masked]" if m[1] else f"{m[2]}{m[3]}[masked]", text)


def value(finding, name):
    """A field, whether it is written a.b or {"a": {"b": ...}}."""
    if name in finding:
        return finding[name]
    for part in name.split("."):
        finding = finding.get(part) if isinstance(finding, dict) else None
    return finding


def findings_of(event):
    if "awslogs" not in event:
        return event.get("findings", [])
    packed = gzip.decompress(base64.b64decode(event["awslogs"]["data"]))
    found = []
    for line in json.loads(packed)["logEvents"]:
        try:
            parsed = json.loads(line["message"])
        except ValueError:
            continue
        if isinstance(parsed, dict):
            found.append(parsed)
    return found


def lambda_handler(event, context=None):
    # One message a rule and source: an attack of a million lines is one mail.
    groups = {}
    for finding in findings_of(event):
        level = str(value(finding, "log.level") or value(finding, "level") or "")
        if level not in LEVELS:
            continue
        title = str(value(finding, "rule.name") or value(finding, "title") or "finding")
        key = (level, title, str(value(finding, "source.ip") or ""))
        groups.setdefault(key, []).append(finding)
    sns = boto3.client("sns")
    for (level, title, source), found in groups.items():
        subject = re.sub(r"[^\x20-\x7e]", " ", mask(f"[{level}] {title}"))[:SUBJECT]
        lines = [f"{title}: {len(found)}", f"source: {source or 'unknown'}"]
        lines += [str(value(one, "message") or value(one, "summary") or "")[:500] for one in found[:10]]
        message = mask("\n".join(lines))[:MESSAGE]
        # What fails is thrown: Lambda tries again, and its dead letter queue keeps it.
        sns.publish(TopicArn=os.environ["TOPIC_ARN"], Subject=subject, Message=message)
    return {"published": len(groups)}
