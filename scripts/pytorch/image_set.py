"""Reads a csn image set (filenames.json, tripletlists/, set.json, SIZE.pack): imported, not run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from csn_random import SUBSET_STREAM, shuffled
from torch import Tensor

ZAPPOS_NOTIONS = ("class", "closure", "gender", "heel")
IMAGENET = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}


@dataclass
class ImageSet:
    """A set with all its pixels in memory."""

    folder: Path
    notions: list[str]
    flip: bool
    mean: Tensor
    std: Tensor
    pixels: Tensor
    """uint8 [N, S, S, 3]"""


@dataclass
class Triplets:
    """images [n, 3]: anchor, far, near; notion [n]: the triplet's position in the set's notions."""

    images: Tensor
    notion: Tensor

    def __len__(self) -> int:
        return self.notion.shape[0]


def read_pixels(folder: Path, size: int) -> Tensor:
    """The pack of that image size; its count must be that of filenames.json."""
    fit = json.loads((folder / "set.json").read_text()).get("fit", "crop") if (folder / "set.json").is_file() else "crop"
    pack = folder / f"{size}{'' if fit == 'crop' else '-' + fit.replace(':#', '-')}.pack"
    count = len((folder / "filenames.json").read_text().splitlines())
    want = count * size * size * 3
    if not pack.is_file() or pack.stat().st_size != want:
        found = f"{pack.stat().st_size} bytes" if pack.is_file() else "no such file"
        raise SystemExit(f"Cannot read {pack}: {found}; {count} images need {want} bytes")
    return torch.from_numpy(np.fromfile(pack, np.uint8).reshape(count, size, size, 3))


def open_image_set(folder: Path, size: int) -> ImageSet:
    """Opens the set in `folder`; without a set.json it is Zappos50k, as for csn."""
    description = folder / "set.json"
    content = json.loads(description.read_text()) if description.is_file() else {}
    normalisation = content.get("normalisation", IMAGENET)
    mean, std = (torch.tensor(normalisation[key]).view(1, 3, 1, 1) for key in ("mean", "std"))
    return ImageSet(
        folder=folder,
        notions=list(content.get("notions", ZAPPOS_NOTIONS)),
        flip=bool(content.get("flip", True)),
        mean=mean,
        std=std,
        pixels=read_pixels(folder, size),
    )


def read_triplets(images: ImageSet, split: str) -> list[Tensor]:
    """The split's triplets [n, 3], an entry a notion."""
    lists = images.folder / "tripletlists"
    files = [lists / f"{notion}_tripletlist_{split}.txt" for notion in images.notions]
    return [torch.from_numpy(np.loadtxt(file, dtype=np.int64, ndmin=2)) for file in files]


def joined(lists: list[Tensor]) -> Triplets:
    """The lists one after the other."""
    notion = [torch.full((len(rows),), k, dtype=torch.int64) for k, rows in enumerate(lists)]
    return Triplets(torch.cat(lists), torch.cat(notion))


def drawn(lists: list[Tensor], total: int, seed: int) -> Triplets:
    """The triplets that csn takes: equally many of each notion (the first take the remainder)."""
    taken = []
    for k, rows in enumerate(lists):
        count = total // len(lists) + (1 if k < total % len(lists) else 0)
        order = shuffled(len(rows), seed, SUBSET_STREAM + k)
        taken.append(rows[torch.from_numpy(order[:count])])
    return joined(taken)
