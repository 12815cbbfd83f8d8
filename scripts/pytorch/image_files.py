"""Triplets of a csn image set, decoded from their files by PIL as the original does it: imported."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from timing import IMAGENET_MEAN, IMAGENET_STD
from torch import Tensor
from torch.utils.data import Dataset


class TripletFiles(Dataset):
    """The training triplets of the set in `folder`: (anchor, far, near, notion) each."""

    def __init__(self, folder: Path, size: int) -> None:
        content = json.loads((folder / "set.json").read_text())
        images = folder / content["images"]
        names = (folder / "filenames.json").read_text().splitlines()
        self.files = [images / name for name in names]
        self.flip = bool(content["flip"])
        self.size = size
        self.mean = torch.tensor(IMAGENET_MEAN).view(3, 1, 1)
        self.std = torch.tensor(IMAGENET_STD).view(3, 1, 1)
        self.triplets: list[tuple[int, int, int, int]] = []
        for k, notion in enumerate(content["notions"]):
            path = folder / "tripletlists" / f"{notion}_tripletlist_train.txt"
            for line in path.read_text().splitlines():
                anchor, far, near = map(int, line.split())
                self.triplets.append((anchor, far, near, k))

    def __len__(self) -> int:
        return len(self.triplets)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor, int]:
        anchor, far, near, notion = self.triplets[index]
        return self.image(anchor), self.image(far), self.image(near), notion

    def image(self, number: int) -> Tensor:
        """Decoded, resized, cropped, mirrored at even odds, normalised: float32 [3, S, S]."""
        with Image.open(self.files[number]) as file:
            image = file.convert("RGB")
        image = centre_crop(resized(image, self.size), self.size)
        if self.flip and random.random() < 0.5:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1).contiguous()
        return pixels.float().div_(255.0).sub_(self.mean).div_(self.std)


def resized(image: Image.Image, size: int) -> Image.Image:
    """The short side scaled to `size`, bilinear: torchvision's Resize (once Scale)."""
    width, height = image.size
    short = min(width, height)
    if short == size:
        return image
    shape = (int(size * width / short), int(size * height / short))
    return image.resize(shape, Image.Resampling.BILINEAR)


def centre_crop(image: Image.Image, size: int) -> Image.Image:
    """The middle square: torchvision's CenterCrop."""
    width, height = image.size
    left, top = round((width - size) / 2), round((height - size) / 2)
    return image.crop((left, top, left + size, top + size))
