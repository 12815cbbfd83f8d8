"""Times training steps of the network in PyTorch, on request: python step_speed.py [--help].

Requests come on stdin, a line each, answers go to stdout.

After the warm-up it prints one line {"ready": true, ...}. Each line {"steps": n} is then answered
with one line {"seconds": s, "triplets": n * batch size, "loss": of the last step}.
A step is what a trainer does: gather three batches of uint8 pixels from an image pack [N, S, S, 3],
normalise, three forward passes, the loss, backward, Adam; in float32, without flips.

Variants: eager, as the original (contiguous NCHW, torch.optim.Adam's defaults), and tuned
(channels_last, which the pack's layout already is, and fused Adam).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass

import torch
from csn_model import Csn, trainable
from torch import Tensor

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
NOTIONS = 4


def parse_flags() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time training steps; requests on stdin.")
    parser.add_argument("--batch-size", type=int, default=32, help="triplets")
    parser.add_argument("--image-size", type=int, default=112, help="pixels")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--variant", choices=("eager", "tuned"), default="tuned")
    parser.add_argument("--images", type=int, default=1000, help="random images in the pack")
    parser.add_argument("--warm-up", type=int, default=3, help="steps before it is ready")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


@dataclass
class Stepper:
    """A model, its optimiser and a pack of random images to train on."""

    model: Csn
    optimiser: torch.optim.Adam
    pack: Tensor
    batch_size: int
    tuned: bool
    mean: Tensor
    std: Tensor

    def images(self) -> Tensor:
        """A normalised batch of random rows of the pack: [B, 3, S, S]."""
        rows = torch.randint(self.pack.shape[0], (self.batch_size,))
        pixels = self.pack.index_select(0, rows).permute(0, 3, 1, 2)
        if not self.tuned:
            pixels = pixels.contiguous()
        return pixels.float().div_(255.0).sub_(self.mean).div_(self.std)

    def step(self) -> float:
        """One training step; gives its loss."""
        condition = torch.randint(NOTIONS, (self.batch_size,))
        loss = self.model(self.images(), self.images(), self.images(), condition).loss
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return loss.item()


def build(flags: argparse.Namespace) -> Stepper:
    tuned = flags.variant == "tuned"
    model = Csn(NOTIONS).train()
    if tuned:
        model.to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(trainable(model), lr=5e-5, fused=True if tuned else None)
    size = flags.image_size
    pack = torch.randint(256, (flags.images, size, size, 3), dtype=torch.uint8)
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (IMAGENET_MEAN, IMAGENET_STD))
    return Stepper(model, optimiser, pack, flags.batch_size, tuned, mean, std)


def timed(stepper: Stepper, steps: int) -> dict[str, float]:
    loss = float("nan")
    start = time.perf_counter()
    for _ in range(steps):
        loss = stepper.step()
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "triplets": steps * stepper.batch_size, "loss": loss}


def answer(stepper: Stepper, line: str) -> dict[str, float | str]:
    """The answer to one request; a request that cannot be read is answered with {"error": ...}."""
    try:
        steps = json.loads(line)["steps"]
    except (ValueError, KeyError, TypeError):
        return {"error": f'Read a request: got {line.strip()!r}; want {{"steps": n}}'}
    if not isinstance(steps, int) or steps < 1:
        return {"error": f"Read a request: got {steps!r} steps; want a whole number from 1"}
    return timed(stepper, steps)


def say(content: dict[str, object]) -> None:
    print(json.dumps(content), flush=True)


def main() -> None:
    flags = parse_flags()
    torch.set_num_threads(flags.threads)
    torch.manual_seed(flags.seed)
    stepper = build(flags)
    warm_up = timed(stepper, flags.warm_up)
    say({"ready": True, "torch": torch.__version__, "threads": torch.get_num_threads(), **warm_up})
    for line in sys.stdin:
        if line.strip():
            say(answer(stepper, line))


if __name__ == "__main__":
    main()
