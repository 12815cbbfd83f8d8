"""Times the embedding of images in PyTorch, on request: python embed_speed.py [--help].

After the warm-up it prints a line {"ready": true}. Each line {"images": n} on stdin is then answered
with a line {"seconds": s}: batches of pixels, normalised, through the backbone in eval mode.

Variants: eager, as the original (contiguous NCHW, no_grad); tuned (channels_last, inference_mode);
folded (tuned, batch norm folded into the convolutions by hand); bf16 (folded, bfloat16 weights). On the
CPU all gather uint8 pixels from a pack in memory. On a GPU, eager gets float32 batches from pinned
memory; tuned is folded, and has the pack on the GPU, bfloat16 weights and torch.compile.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import torch
from csn_model import Csn
from timing import (
    NOTIONS,
    Answer,
    Pixels,
    answer_requests,
    flags_for,
    folded,
    prepare,
    random_pack,
    seconds_of,
)
from torch import Tensor


VARIANTS = ("eager", "tuned", "folded", "bf16")


def parse_flags() -> argparse.Namespace:
    parser = flags_for("Time the embedding of images; requests on stdin.")
    parser.add_argument("--variant", choices=VARIANTS, default="tuned")
    parser.add_argument("--images", type=int, default=1000, help="random images in the pack")
    return parser.parse_args()


def eager(flags: argparse.Namespace) -> Callable[[int], None]:
    """Embeds n images as the original does."""
    model = Csn(NOTIONS).eval().to(flags.device)
    pixels = Pixels(random_pack(flags.images, flags.image_size), channels_last=False)
    on_gpu = flags.device != "cpu"
    ready = pixels.random_batch(flags.batch_size).pin_memory() if on_gpu else None

    @torch.no_grad()
    def embed(count: int) -> None:
        for size in batch_sizes(count, flags.batch_size):
            images = pixels.random_batch(size) if ready is None else ready[:size]
            model.backbone(images.to(flags.device, non_blocking=True))

    return embed


def tuned(flags: argparse.Namespace) -> Callable[[int], None]:
    """Embeds n images with all that PyTorch offers without leaving it."""
    on_gpu = flags.device != "cpu"
    backbone = Csn(NOTIONS).eval().backbone
    if on_gpu or flags.variant != "tuned":
        backbone = folded(backbone)
    backbone = backbone.to(flags.device, memory_format=torch.channels_last)
    # Once, not in each call as autocast would.
    dtype = torch.bfloat16 if on_gpu or flags.variant == "bf16" else torch.float32
    backbone.to(dtype)
    pack = random_pack(flags.images, flags.image_size).to(flags.device)
    pixels = Pixels(pack, channels_last=True)
    forward: Callable[[Tensor], Tensor] = torch.compile(backbone) if on_gpu else backbone

    @torch.inference_mode()
    def embed(count: int) -> None:
        for size in batch_sizes(count, flags.batch_size):
            forward(pixels.random_batch(size).to(dtype))

    return embed


def batch_sizes(count: int, most: int) -> list[int]:
    """`count` in parts of at most `most`."""
    return [min(most, count - at) for at in range(0, count, most)]


def main() -> None:
    flags = parse_flags()
    prepare(flags)
    embed = (eager if flags.variant == "eager" else tuned)(flags)

    def answer(request: dict[str, object]) -> Answer:
        count = int(request["images"])
        return {"seconds": seconds_of(lambda: embed(count), flags.device)}

    embed(2 * flags.batch_size)
    answer_requests({"ready": True}, answer)


if __name__ == "__main__":
    main()
