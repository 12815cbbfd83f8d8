"""What the timed programs share: requests and answers, random pixels, devices; imported, not run."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
NOTIONS = 4

Answer = dict[str, object]


def flags_for(description: str) -> argparse.ArgumentParser:
    """The flags that all timed programs take."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--image-size", type=int, default=112, help="pixels")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--seed", type=int, default=1)
    return parser


def prepare(flags: argparse.Namespace) -> None:
    """Threads, seed, and on a GPU the search for the fastest convolution, as csn does it."""
    torch.set_num_threads(flags.threads)
    torch.manual_seed(flags.seed)
    torch.backends.cudnn.benchmark = True


def seconds_of(work: Callable[[], object], device: str) -> float:
    """How long `work` takes, with all that it leaves the device to do."""
    synchronise(device)
    start = time.perf_counter()
    work()
    synchronise(device)
    return time.perf_counter() - start


def synchronise(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize(device)


def random_pack(images: int, size: int) -> Tensor:
    """Random pixels, uint8 [images, size, size, 3]."""
    return torch.randint(256, (images, size, size, 3), dtype=torch.uint8)


@dataclass
class Pixels:
    """An image pack and how its rows become a batch."""

    pack: Tensor
    channels_last: bool

    def __post_init__(self) -> None:
        device = self.pack.device
        self.mean = torch.tensor(IMAGENET_MEAN, device=device).view(1, 3, 1, 1)
        self.std = torch.tensor(IMAGENET_STD, device=device).view(1, 3, 1, 1)

    def batch(self, rows: Tensor) -> Tensor:
        """Images `rows` [B], normalised, float32 [B, 3, S, S]: the pack lies channels-last."""
        pixels = self.pack.index_select(0, rows.to(self.pack.device)).permute(0, 3, 1, 2)
        if not self.channels_last:
            pixels = pixels.contiguous()
        return pixels.float().div_(255.0).sub_(self.mean).div_(self.std)

    def random_batch(self, size: int) -> Tensor:
        return self.batch(torch.randint(self.pack.shape[0], (size,)))


def folded(model: nn.Module) -> nn.Module:
    """The model in eval mode with each batch norm folded into the convolution before it."""
    model.eval()
    for module in list(model.modules()):
        parts = dict(module.named_children())
        for name, part in parts.items():
            norm = {"conv1": "bn1", "conv2": "bn2", "0": "1"}.get(name)
            if isinstance(part, nn.Conv2d) and norm in parts:
                fused = nn.utils.fusion.fuse_conv_bn_eval(part, parts[norm])
                setattr(module, name, fused)
                setattr(module, norm, nn.Identity())
    return model


def answer_requests(ready: Answer, answer: Callable[[dict[str, object]], Answer]) -> None:
    """Prints `ready` as a line, then an answer to each line of stdin, a JSON object each.

    A request that cannot be read or answered gets {"error": ...}.
    """
    say(ready)
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            say(answer(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            say({"error": f"Answer {line.strip()!r}: {type(error).__name__}: {error}"})


def say(content: Answer) -> None:
    print(json.dumps(content), flush=True)
