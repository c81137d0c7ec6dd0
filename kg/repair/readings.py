"""Pinyin syllables and the characters read so (data of pinyin-data, MIT; see data/README.md)."""

from __future__ import annotations

import gzip
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

_FILE = Path(__file__).resolve().parent / "data" / "readings.txt.gz"
#: Letters that Chinese pages use in pinyin beside those of the standard.
_LOOKALIKES = str.maketrans({"ɑ": "a", "ɡ": "g", "ĕ": "ě", "ă": "ǎ", "ŏ": "ǒ", "ŭ": "ǔ", "ĭ": "ǐ"})


@cache
def by_tone() -> Mapping[str, str]:
    """Toned syllable to the characters of GBK that have this reading."""
    lines = gzip.decompress(_FILE.read_bytes()).decode("utf-8").splitlines()
    return MappingProxyType(dict(line.split("\t") for line in lines))


@cache
def by_base() -> Mapping[str, frozenset[str]]:
    """Syllable without its tone to the characters of GBK that have such a reading."""
    table: dict[str, set[str]] = {}
    for syllable, chars in by_tone().items():
        table.setdefault(base(syllable), set()).update(chars)
    return MappingProxyType({syllable: frozenset(chars) for syllable, chars in table.items()})


@cache
def base(syllable: str) -> str:
    """Give the syllable without its tone mark.

    >>> base("chǎn"), base("lǜ"), base("lv")
    ('chan', 'lü', 'lü')
    """
    letters = unicodedata.normalize("NFD", normal(syllable))
    bare = "".join(c for c in letters if c == "\u0308" or not unicodedata.combining(c))
    bare = unicodedata.normalize("NFC", bare)
    return bare.replace("v", "ü") if bare[:1] in "ln" else bare


@cache
def normal(syllable: str) -> str:
    """Give the syllable in the letters of the standard, composed."""
    return unicodedata.normalize("NFC", syllable.translate(_LOOKALIKES))


def is_syllable(letters: str) -> bool:
    """Whether letters are a syllable of pinyin.

    >>> is_syllable("shù"), is_syllable("the")
    (True, False)
    """
    return base(letters) in by_base()


@lru_cache(maxsize=1 << 14)
def fits(char: str, syllable: str) -> bool:
    """Whether ``char`` can be read so, whatever the tone.

    >>> fits("產", "chǎn"), fits("產", "chan"), fits("當", "shù")
    (True, True, False)
    """
    table = by_base()
    bare = base(syllable)
    if char in table.get(bare, ()):
        return True
    return bare[:1] in "ln" and "u" in bare and char in table.get(bare.replace("u", "ü"), ())


@lru_cache(maxsize=1 << 14)
def reads(char: str, syllable: str) -> bool:
    """Whether ``char`` is read so, with this tone where the syllable shows one.

    >>> reads("省", "xiǎn"), reads("省", "xiàn"), reads("线", "xian")
    (True, False, True)
    """
    letters = normal(syllable)
    if base(syllable) == letters.replace("v", "ü"):
        return fits(char, syllable)
    return char in by_tone().get(letters, "")
