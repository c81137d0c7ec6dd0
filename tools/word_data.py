"""Makes kg/lexicon/words.txt.gz from the dictionary of jieba. Needs ``pip install jieba``.

Run by hand when the source changes: ``python tools/word_data.py``. The output is deterministic.
"""

from __future__ import annotations

import gzip
from importlib.resources import files
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "kg" / "lexicon"
#: Part of speech in the source -> class here: verb, adjective, adverb, idiom; the rest are nouns.
CLASSES = {
    **dict.fromkeys(("v", "vn", "vd", "vi", "vg"), "v"),
    **dict.fromkeys(("a", "an", "z", "b"), "a"),
    **dict.fromkeys(("d", "ad"), "d"),
    **dict.fromkeys(("n", "ns", "j", "t", "s", "f", "c", "r", "l", "q"), "n"),
    "i": "i",
}
#: Names of persons, and words rarer than this, cut running text wrongly.
RARE = 15
#: Words that in running text are mostly the beginning of another: 以防|控, 受气|候.
WRONG = frozenset(
    {
        "以防",
        "受气",
        "以求",
        "生命",
        "名单",
        "会上",
        "起事",
        "排长",
        "内核",
        "部应",
        "和解",
        "立足点",
        "把精",
        "火和",
    }
)
MODAL, COVERB = "要应须可需", "于从为予向由在以把将对按用给与先再做到有是"


def chosen(word: str, count: int, tag: str) -> str | None:
    """The class under which a word is kept, or None."""
    if not all("一" <= c <= "鿿" for c in word) or tag not in CLASSES:
        return None
    if word in WRONG or (word[0] in "要不" and CLASSES[tag] in "vai"):  # 要强|化, 不留 + noun
        return None
    if len(word) == 2 and word[0] in MODAL and word[1] in COVERB:  # 应于, 可向: two words
        return None
    if len(word) == 3 and word[-1] in "主重必应可不需须要":  # 企业主 hides 主要
        return None
    if len(word) in (2, 3) and count >= RARE:
        return CLASSES[tag]
    return "i" if len(word) == 4 and tag in ("i", "l") and count >= 3 else None


def main() -> None:
    """Write a line for each class: its letter, a tab, its words."""
    table: dict[str, list[str]] = {}
    for line in (files("jieba") / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, tag = line.split()
        kept = chosen(word, int(count), tag)
        if kept:
            table.setdefault(kept, []).append(word)
    text = "".join(f"{kind}\t{' '.join(sorted(words))}\n" for kind, words in sorted(table.items()))
    path = DATA / "words.txt.gz"
    path.write_bytes(gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0))
    print({kind: len(words) for kind, words in table.items()}, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
