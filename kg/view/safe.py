"""Text into the page: escaped, stripped of what disguises it, without network addresses."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256

_CSP = (
    "default-src 'none'; script-src {}; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
#: What stands in the template where the policy goes.
CSP_MARK = "kg-content-security-policy"
_SCRIPT = re.compile(r"(<script>)(.*?)(</script>)", re.DOTALL)
#: Controls (terminal escapes), bidirectional overrides and others that only disguise a text.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


class Safe(str):
    """Text that the template takes as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """Tell the template so."""
        return self


def clip(text: str, length: int) -> str:
    """Cut a text of a notice to ``length``, without characters that disguise it.

    >>> clip("尾矿\u202e库安全", 4)
    '尾矿库…'
    """
    text = _HARMFUL.sub("", text[: 2 * length])
    return text if len(text) <= length else text[: length - 1] + "…"


def to_json(value: object) -> str:
    r"""Write JSON that can stand inside ``<script>``, whatever its texts hold.

    >>> print(to_json("</script>"))
    "\u003c/script\u003e"
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def seal(page: str) -> str:
    r"""Take every network address out of the page and let only its own scripts run.

    In scripts ``://`` becomes ``:\/\/``, which is the same in a string, a comment and a regular
    expression; elsewhere the slashes become character references. The policy names the scripts by
    their hashes, so that a handler that slipped into the page would not run either.

    >>> seal('<p>http://a.cn</p><script>"http://a.cn"</script>')
    '<p>http:&#47;&#47;a.cn</p><script>"http:\\/\\/a.cn"</script>'
    """
    hashes: list[str] = []
    parts: list[str] = []
    for number, part in enumerate(_SCRIPT.split(page)):  # outside, <script>, body, </script>, ...
        if number % 4 == 2:
            body = part.replace("://", ":\\/\\/")
            hashes.append("'sha256-" + b64encode(sha256(body.encode()).digest()).decode() + "'")
            parts.append(body)
        else:
            parts.append(part.replace("://", ":&#47;&#47;"))
    return "".join(parts).replace(CSP_MARK, _CSP.format(" ".join(hashes)), 1)
