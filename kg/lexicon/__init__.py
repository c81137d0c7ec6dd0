"""Words of general Chinese and their class: the ground on which the cue words stand.

The cues say what official Chinese means by a word; this list only keeps a cue from being seen inside
another word (主要 holds no 要) and tells verbs that no list of cues could hold.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

_FILE = Path(__file__).resolve().parent / "words.txt.gz"


@cache
def words() -> dict[str, str]:
    """Each word with its class: v verb, n noun and other, a adjective, d adverb, i idiom.

    >>> [words()[w] for w in ('开展', '企业', '严峻', '逐步')]
    ['v', 'n', 'a', 'd']
    """
    table: dict[str, str] = {}
    for line in gzip.decompress(_FILE.read_bytes()).decode("utf-8").splitlines():
        kind, _, listed = line.partition("\t")
        table.update(dict.fromkeys(listed.split(), kind))
    return table
