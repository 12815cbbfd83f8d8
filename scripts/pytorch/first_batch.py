"""Does a trainer's or an evaluator's first work and ends: python first_batch.py --data FOLDER [--help].

From a csn set and its image pack it takes one training step, or, with --model, loads a csn model file
and embeds one batch of the test images; then it prints a line {"done": "step" | "batch"}. The
caller measures how long that took, with the imports.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from csn_model import Csn, trainable
from image_set import ImageSet, Triplets, joined, open_image_set, read_triplets
from safetensors.torch import load_file
from timing import flags_for, prepare, say, synchronise
from torch import Tensor


def parse_flags() -> argparse.Namespace:
    parser = flags_for("Take the first step of training, or embed the first batch.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the set")
    parser.add_argument("--model", type=Path, help="model file: embed instead of training")
    return parser.parse_args()


def prepared(images: ImageSet, rows: Tensor, device: str) -> Tensor:
    """The images `rows` [B] normalised: [B, 3, S, S]."""
    pixels = images.pixels[rows].permute(0, 3, 1, 2).contiguous().float().div_(255.0)
    return pixels.sub_(images.mean).div_(images.std).to(device)


def take_step(flags: argparse.Namespace, images: ImageSet, triplets: Triplets) -> None:
    model = Csn(len(images.notions)).train().to(flags.device)
    optimiser = torch.optim.Adam(trainable(model), lr=5e-5)
    rows = torch.randperm(len(triplets))[: flags.batch_size]
    roles = (prepared(images, role, flags.device) for role in triplets.images[rows].unbind(1))
    model(*roles, triplets.notion[rows].to(flags.device)).loss.backward()
    optimiser.step()
    synchronise(flags.device)


@torch.no_grad()
def embed_batch(flags: argparse.Namespace, images: ImageSet, triplets: Triplets) -> None:
    model = Csn(len(images.notions)).eval()
    model.load_state_dict(load_file(flags.model))
    model.to(flags.device)
    rows = triplets.images.unique()[: flags.batch_size]
    model.backbone(prepared(images, rows, flags.device))
    synchronise(flags.device)


def main() -> None:
    flags = parse_flags()
    prepare(flags)
    images = open_image_set(flags.data, flags.image_size)
    if flags.model is None:
        take_step(flags, images, joined(read_triplets(images, "train")))
        say({"done": "step"})
    else:
        embed_batch(flags, images, joined(read_triplets(images, "test")))
        say({"done": "batch"})


if __name__ == "__main__":
    main()
