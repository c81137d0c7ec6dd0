"""Makes the data files of kg/repair/data. Needs ``pip install wordfreq pypinyin``.

Run by hand when a source changes: ``python tools/repair_data.py``. The output is deterministic.
"""

from __future__ import annotations

import gzip
from math import log10
from pathlib import Path

#: Longer words rarer than this (in the unit of the file; 16 nats) are as good as their characters.
RAREST = 148
DATA = Path(__file__).resolve().parent.parent / "kg" / "repair" / "data"


def write(name: str, text: str | bytes) -> None:
    """Write one gzip file without a time stamp."""
    data = text.encode("utf-8") if isinstance(text, str) else text
    (DATA / name).write_bytes(gzip.compress(data, compresslevel=9, mtime=0))
    print(f"{name}: {len(data):,} bytes, {(DATA / name).stat().st_size:,} compressed")


def in_gbk(char: str) -> bool:
    """Only characters that GBK can write occur on the pages in question."""
    try:
        return len(char.encode("gbk")) == 2
    except UnicodeEncodeError:
        return False


def readings() -> None:
    """One line a toned syllable: the syllable, a tab, the characters read so."""
    from pypinyin.constants import PINYIN_DICT

    table: dict[str, list[str]] = {}
    for code, syllables in sorted(PINYIN_DICT.items()):
        if in_gbk(chr(code)):
            for syllable in syllables.split(","):
                table.setdefault(syllable, []).append(chr(code))
    write("readings.txt.gz", "".join(f"{s}\t{''.join(c)}\n" for s, c in sorted(table.items())))


def words() -> None:
    """Chinese words of wordfreq, sorted, and one byte each: centibels of rarity, less 100, by 4."""
    from wordfreq import get_frequency_dict

    table = {
        word: frequency
        for word, frequency in get_frequency_dict("zh", wordlist="large").items()
        if len(word) <= 8 and all("\u4e00" <= c <= "\u9fff" and in_gbk(c) for c in word)
    }
    rarities = {word: round((-100 * log10(table[word]) - 100) / 4) for word in table}
    ordered = sorted(w for w, r in rarities.items() if len(w) == 1 or r <= RAREST)
    rarity = bytes(min(255, max(0, rarities[word])) for word in ordered)
    write("words.txt.gz", "\n".join(ordered).encode("utf-8") + b"\0" + rarity)
    print(f"{len(ordered):,} words")


if __name__ == "__main__":
    readings()
    words()
