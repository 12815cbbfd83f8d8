"""Trains and tests a csn in plain PyTorch: python train_reference.py --data data/fonts [--help].

It is there to compare with: it reads the same set folder and image pack as csn and shares no code
with it. The settings mean the same: --num-traintriplets is the total over all notions, the rate of
epoch e (from 1) is lr * 0.985^e, the model that is best on validation is tested, and a tie counts
as wrong.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from csn_model import Csn, trainable
from image_set import ImageSet, Triplets, drawn, joined, open_image_set, read_triplets
from torch import Tensor

EVALUATION_BATCH = 500


def parse_flags() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train and test a csn in plain PyTorch.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the set")
    parser.add_argument("--image-size", type=int, default=112, help="pixels; reads SIZE.pack")
    parser.add_argument("--num-traintriplets", type=int, default=100000, help="over all notions")
    parser.add_argument("--batch-size", type=int, default=256, help="triplets")
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--lr", type=float, default=5e-5)
    parser.add_argument("--dim-embed", type=int, default=64)
    parser.add_argument("--masks", choices=("fixed", "learned", "prein"), default="learned")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def prepared(images: ImageSet, rows: Tensor, device: str, flip: bool) -> Tensor:
    """The images `rows` [B] normalised, each mirrored at even odds if `flip`: [B, 3, S, S]."""
    pixels = images.pixels[rows].to(device).permute(0, 3, 1, 2).float() / 255.0
    if flip:
        mirrored = (torch.rand(len(rows)) < 0.5).to(device).view(-1, 1, 1, 1)
        pixels = torch.where(mirrored, pixels.flip(3), pixels)
    return (pixels - images.mean.to(device)) / images.std.to(device)


def train_epoch(
    model: Csn,
    optimiser: torch.optim.Optimizer,
    images: ImageSet,
    triplets: Triplets,
    flags: argparse.Namespace,
) -> float:
    """One pass over the triplets in a new order; gives the mean of the triplet term."""
    model.train()
    total = torch.zeros((), device=flags.device)
    for rows in torch.randperm(len(triplets)).split(flags.batch_size):
        roles = triplets.images[rows].unbind(1)
        batch = [prepared(images, role, flags.device, images.flip) for role in roles]
        outcome = model(*batch, triplets.notion[rows].to(flags.device))
        optimiser.zero_grad()
        outcome.loss.backward()
        optimiser.step()
        total += outcome.terms.triplet.detach() * len(rows)
    return total.item() / len(triplets)


@torch.no_grad()
def embed(model: Csn, images: ImageSet, rows: Tensor, device: str) -> Tensor:
    """Embeddings in eval mode [len(rows), dim]."""
    model.eval()
    parts = rows.split(EVALUATION_BATCH)
    return torch.cat([model.backbone(prepared(images, part, device, False)) for part in parts])


@torch.no_grad()
def is_right(model: Csn, images: ImageSet, triplets: Triplets, device: str) -> Tensor:
    """Whether the near image is strictly nearer than the far one, a triplet: bool [n]."""
    used, position = triplets.images.unique(return_inverse=True)
    embeddings = embed(model, images, used, device)
    mask = model.mask_rows(triplets.notion.to(device))
    anchor, far, near = (embeddings[role.to(device)] * mask for role in position.unbind(1))
    return (F.pairwise_distance(anchor, far) > F.pairwise_distance(anchor, near)).cpu()


def accuracies(
    model: Csn, images: ImageSet, triplets: Triplets, device: str
) -> tuple[float, dict[str, float]]:
    """In all, and by notion."""
    right = is_right(model, images, triplets, device).double()
    by_notion = {
        name: right[triplets.notion == k].mean().item() for k, name in enumerate(images.notions)
    }
    return right.mean().item(), by_notion


def report(flags: argparse.Namespace, result: dict[str, object]) -> None:
    if flags.json:
        print(json.dumps(result))
        return
    for name, accuracy in result["notions"].items():
        print(f"{name:12} {accuracy:.4f}")
    print(f"{'all':12} {result['accuracy']:.4f}")


def run(flags: argparse.Namespace) -> dict[str, object]:
    """Trains, then tests the best model."""
    images = open_image_set(flags.data, flags.image_size)
    triplets = drawn(read_triplets(images, "train"), flags.num_traintriplets, flags.seed)
    counts = torch.bincount(triplets.notion, minlength=len(images.notions)).tolist()
    print(f"training triplets: {dict(zip(images.notions, counts, strict=True))}", file=sys.stderr)
    validation = joined(read_triplets(images, "val"))
    model = Csn(len(images.notions), flags.dim_embed, flags.masks)
    model.to(flags.device, memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(trainable(model), lr=flags.lr)
    best, best_accuracy, epochs = copy.deepcopy(model.state_dict()), -1.0, []
    for epoch in range(1, flags.epochs + 1):
        for group in optimiser.param_groups:
            group["lr"] = flags.lr * 0.985**epoch
        start = time.perf_counter()
        loss = train_epoch(model, optimiser, images, triplets, flags)
        seconds = time.perf_counter() - start
        accuracy, _ = accuracies(model, images, validation, flags.device)
        epochs.append({"loss": loss, "validation": accuracy, "seconds": seconds})
        rate = len(triplets) / seconds
        line = f"epoch {epoch}: loss {loss:.4f}, validation {accuracy:.4f}, {rate:.0f} triplets/s"
        print(line, file=sys.stderr, flush=True)
        if accuracy > best_accuracy:
            best, best_accuracy = copy.deepcopy(model.state_dict()), accuracy
    model.load_state_dict(best)
    test = joined(read_triplets(images, "test"))
    accuracy, by_notion = accuracies(model, images, test, flags.device)
    return {"seed": flags.seed, "accuracy": accuracy, "notions": by_notion, "epochs": epochs}


def main() -> None:
    flags = parse_flags()
    torch.set_num_threads(flags.threads)
    torch.manual_seed(flags.seed)
    report(flags, run(flags))


if __name__ == "__main__":
    main()
