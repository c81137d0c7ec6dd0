"""Makes the data files of kg/repair/data. Needs ``pip install wordfreq pypinyin``.

Run by hand when a source changes: ``python tools/repair_data.py``. The output is deterministic.
"""

from __future__ import annotations

import gzip
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "kg" / "repair" / "data"


def write(name: str, text: str | bytes) -> None:
    """Write one gzip file without a time stamp."""
    data = text.encode("utf-8") if isinstance(text, str) else text
    (DATA / name).write_bytes(gzip.compress(data, compresslevel=9, mtime=0))
    print(f"{name}: {len(data):,} bytes, {(DATA / name).stat().st_size:,} compressed")  # noqa: T201


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


if __name__ == "__main__":
    readings()
