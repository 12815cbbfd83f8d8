"""csn's random numbers (src/base/random.ts), so that PyTorch takes the triplets csn takes: imported, not run.

Philox4x32-10 (Salmon et al., SC 2011): the counter is (index, stream), the key the seed.
"""

from __future__ import annotations

import numpy as np

WORD = 2**32
ROUNDS = 10
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
INCREMENTS = (0x9E3779B9, 0xBB67AE85)
SUBSET_STREAM = 1 * WORD
"""Where the streams for the choice of triplets begin, one a notion (src/base/random.ts: streamFor)."""


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """The block at `counter` under `key`."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(ROUNDS):
        product0, product1 = c0 * MULTIPLIERS[0], c2 * MULTIPLIERS[1]
        c0, c1 = product1 // WORD ^ c1 ^ k0, product1 % WORD
        c2, c3 = product0 // WORD ^ c3 ^ k1, product0 % WORD
        k0, k1 = (k0 + INCREMENTS[0]) % WORD, (k1 + INCREMENTS[1]) % WORD
    return c0, c1, c2, c3


def below(seed: int, stream: int, index: int, bound: int) -> int:
    """A whole number in [0, bound): words beyond the last multiple of bound are passed over."""
    limit = WORD - WORD % bound
    attempt = 0
    while True:
        high = (index // WORD + attempt * 2**21) % WORD
        counter = (index % WORD, high, stream % WORD, stream // WORD)
        for word in philox(counter, (seed % WORD, seed // WORD)):
            if word < limit:
                return word % bound
        attempt += 1


def shuffled(count: int, seed: int, stream: int) -> np.ndarray:
    """0 to count - 1 in random order (Fisher and Yates, inside out)."""
    order = np.zeros(count, np.int64)
    for i in range(1, count):
        j = below(seed, stream, i, i + 1)
        order[i] = order[j]
        order[j] = i
    return order
