"""Times as milliseconds since 1970, truncated."""

import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal

RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
SECONDS_BELOW = 10 ** 11  # larger numbers are milliseconds
EARLIEST = -62135596800000  # the first of the year 1
LATEST = 253402300799999  # the last millisecond of the year 9999
RELATIVE = {"m": 60, "h": 3600, "d": 86400, "w": 604800}


def from_rfc3339(text, zone=timezone.utc):
    """Milliseconds, or None.  Without an offset the time is in `zone`."""
    match = RFC3339.fullmatch(text)
    if not match:
        return None
    *fields, fraction, offset = match.groups()
    try:
        moment = datetime(*map(int, fields), tzinfo=_zone(offset, zone))
        seconds = (moment - EPOCH) // timedelta(seconds=1)
    except (ValueError, OverflowError):
        return None
    return seconds * 1000 + int(((fraction or "") + "000")[:3])


def _zone(offset, default):
    if offset is None:
        return default
    if offset in "Zz":
        return timezone.utc
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    if hours > 23 or minutes > 59:
        raise ValueError(offset)
    delta = timedelta(hours=hours, minutes=minutes)
    return timezone(delta if offset[0] == "+" else -delta)


def from_number(number):
    """Epoch seconds, or milliseconds above 10^11."""
    number = Decimal(number)
    if abs(number) > SECONDS_BELOW:
        return int(number)
    return int(number * 1000)


def from_json(value):
    """The time a record's `timestamp` gives, or None."""
    if isinstance(value, str):
        return from_rfc3339(value)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return from_number(value) if abs(value) < 10 ** 15 else None
    return None


def from_query(value, now, zone):
    """The moment that a since: or until: value names, or None."""
    if value in ("today", "yesterday"):
        midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        day = midnight - timedelta(days=value == "yesterday")
        return int(day.replace(tzinfo=zone).timestamp()) * 1000
    if match := re.fullmatch(r"(\d+)([mhdw])", value, re.ASCII):
        ago = int(match[1]) * RELATIVE[match[2]] * 1000
        moment = int(now.timestamp() * 1000) - ago
        return moment if moment >= EARLIEST else None
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        return from_rfc3339(value + "T00:00:00", zone)
    if re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII):
        moment = from_number(value)
        return moment if moment <= LATEST else None
    return from_rfc3339(value, zone)


def to_text(milliseconds):
    moment = EPOCH + timedelta(milliseconds=milliseconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"


def day_of(milliseconds, zone=timezone.utc):
    return (EPOCH + timedelta(milliseconds=milliseconds)).astimezone(zone).strftime("%Y-%m-%d")
