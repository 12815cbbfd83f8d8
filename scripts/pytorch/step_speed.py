"""Times training steps of the network in PyTorch, on request: python step_speed.py [--help].

After the warm-up it prints a line {"ready": true, ...}. Each line {"steps": n} on stdin is then
answered with a line {"seconds": s, "loss": of the last step}. A step is what a trainer does: three
batches of pixels, three forward passes, the loss, backward, Adam; without flips.

Variants: eager, as the original (contiguous NCHW, torch.optim.Adam's defaults, the loss read each
step); tuned (channels_last, which an image pack's layout already is, and fused Adam); bf16 (tuned,
under bfloat16 autocast). On the CPU all gather uint8 pixels from a pack in memory and normalise them.
On a GPU, eager gets float32 batches from pinned memory, which are ready there: its loaders' work is
not counted; tuned has the pack on the GPU, bfloat16 autocast, torch.compile, and reads no loss.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable

import torch
from csn_model import Csn, trainable
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

PINNED_BATCHES = 4

Batch = tuple[Tensor, Tensor, Tensor, Tensor]
"""Anchor, far and near images, and the notions."""


def parse_flags() -> argparse.Namespace:
    parser = flags_for("Time training steps; requests on stdin.")
    parser.add_argument("--variant", choices=("eager", "tuned", "bf16"), default="tuned")
    parser.add_argument("--images", type=int, default=1000, help="random images in the pack")
    parser.add_argument("--warm-up", type=int, default=3, help="steps before it is ready")
    return parser.parse_args()


def gathered(flags: argparse.Namespace) -> Callable[[], Batch]:
    """Batches from a pack where the network computes."""
    pack = random_pack(flags.images, flags.image_size).to(flags.device)
    pixels = Pixels(pack, channels_last=flags.variant != "eager")

    def batch() -> Batch:
        anchor, far, near = (pixels.random_batch(flags.batch_size) for _ in range(3))
        return anchor, far, near, torch.randint(NOTIONS, (flags.batch_size,)).to(flags.device)

    return batch


def pinned(flags: argparse.Namespace) -> Callable[[], Batch]:
    """Batches as the original's loaders leave them: float32, contiguous, in pinned memory."""
    pixels = Pixels(random_pack(flags.images, flags.image_size), channels_last=False)

    def made() -> Batch:
        images = [pixels.random_batch(flags.batch_size).pin_memory() for _ in range(3)]
        return *images, torch.randint(NOTIONS, (flags.batch_size,)).pin_memory()

    batches = itertools.cycle([made() for _ in range(PINNED_BATCHES)])
    return lambda: tuple(part.to(flags.device, non_blocking=True) for part in next(batches))


class Stepper:
    """A model, its optimiser, and where its batches come from."""

    def __init__(self, flags: argparse.Namespace) -> None:
        on_gpu = flags.device != "cpu"
        self.device_type = "cuda" if on_gpu else "cpu"
        self.tuned = flags.variant != "eager"
        self.bf16 = flags.variant == "bf16" or (on_gpu and self.tuned)
        self.reads_loss = not (on_gpu and self.tuned)
        model = Csn(NOTIONS).train().to(flags.device)
        if self.tuned:
            model.to(memory_format=torch.channels_last)
        fused = True if self.tuned else None
        self.optimiser = torch.optim.Adam(trainable(model), lr=5e-5, fused=fused)
        self.forward = torch.compile(model) if on_gpu and self.tuned else model
        self.batch = pinned(flags) if on_gpu and not self.tuned else gathered(flags)
        self.loss = torch.zeros(())

    def step(self) -> None:
        """One training step."""
        batch = self.batch()
        with torch.autocast(self.device_type, torch.bfloat16, enabled=self.bf16):
            loss = self.forward(*batch).loss
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.loss = loss.detach()
        if self.reads_loss:
            self.loss.item()

    def steps(self, count: int) -> None:
        for _ in range(count):
            self.step()


def main() -> None:
    flags = parse_flags()
    prepare(flags)
    stepper = Stepper(flags)

    def answer(request: dict[str, object]) -> Answer:
        count = int(request["steps"])
        seconds = seconds_of(lambda: stepper.steps(count), flags.device)
        return {"seconds": seconds, "loss": stepper.loss.item()}

    stepper.steps(flags.warm_up)
    answer_requests({"ready": True, "loss": stepper.loss.item()}, answer)


if __name__ == "__main__":
    main()
