"""Times the evaluation of triplets as the original does it: python evaluate_speed.py [--help].

After the warm-up it prints a line {"ready": true}. Each line {"triplets": n} on stdin is then
answered with a line {"seconds": s, "accuracy": a}. All three images of every triplet go through the
network, however often an image occurs: in eval mode, under no_grad, in float32 (contiguous NCHW).
Images are gathered from a pack in memory; a GPU gets them, normalised, from pinned memory.
"""

from __future__ import annotations

import argparse

import torch
from csn_model import Csn
from timing import (
    NOTIONS,
    Answer,
    Pixels,
    answer_requests,
    flags_for,
    prepare,
    random_pack,
    seconds_of,
)
from torch import Tensor


def parse_flags() -> argparse.Namespace:
    parser = flags_for("Time the evaluation of triplets; requests on stdin.")
    parser.add_argument("--images", type=int, default=1000, help="random images in the pack")
    return parser.parse_args()


class Evaluator:
    """A network and images to evaluate it on."""

    def __init__(self, flags: argparse.Namespace) -> None:
        self.flags = flags
        self.model = Csn(NOTIONS).eval().to(flags.device)
        pack = random_pack(flags.images, flags.image_size)
        self.pixels = Pixels(pack, channels_last=False)
        self.accuracy = float("nan")

    def images(self, size: int) -> Tensor:
        images = self.pixels.random_batch(size)
        if self.flags.device != "cpu":
            images = images.pin_memory()
        return images.to(self.flags.device, non_blocking=True)

    @torch.no_grad()
    def evaluate(self, triplets: int) -> None:
        """The share of `triplets` random ones whose near image is nearer."""
        right = 0
        for at in range(0, triplets, self.flags.batch_size):
            size = min(self.flags.batch_size, triplets - at)
            condition = torch.randint(NOTIONS, (size,)).to(self.flags.device)
            outcome = self.model(*(self.images(size) for _ in range(3)), condition)
            right += int((outcome.d_far > outcome.d_near).sum().item())
        self.accuracy = right / triplets


def main() -> None:
    flags = parse_flags()
    prepare(flags)
    evaluator = Evaluator(flags)

    def answer(request: dict[str, object]) -> Answer:
        count = int(request["triplets"])
        seconds = seconds_of(lambda: evaluator.evaluate(count), flags.device)
        return {"seconds": seconds, "accuracy": evaluator.accuracy}

    evaluator.evaluate(2 * flags.batch_size)
    answer_requests({"ready": True}, answer)


if __name__ == "__main__":
    main()
