"""Compression from many threads at once."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

from catalogue.compression import compress, decompress


def test_threads_do_not_disturb_each_other() -> None:
    chance = random.Random(1)
    texts = [chance.randbytes(chance.randint(1, 200_000)) * 2 for _ in range(200)]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            assert list(pool.map(decompress, pool.map(compress, texts))) == texts
