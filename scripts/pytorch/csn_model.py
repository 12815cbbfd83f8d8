"""The network and loss of csn in plain PyTorch, to compare with: imported, not run.

A ResNet-18 without its fourth stage embeds an image; one mask per notion says which of the
embedding's dimensions count (Veit, Belongie, Karaletsos: Conditional Similarity Networks, CVPR
2017). State names are those of csn's model files: `backbone.` + torchvision's names,
`backbone.fc_embed.*`, `masks.weight`.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MaskMode = Literal["fixed", "learned", "prein"]

MARGIN = 0.2
EMBED_LOSS = 5e-3
MASK_LOSS = 5e-4


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut, named as torchvision names them."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample: nn.Sequential | None = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False),
                nn.BatchNorm2d(outputs),
            )

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.downsample is None else self.downsample(x)
        out = F.relu(self.bn1(self.conv1(x)), inplace=True)
        out = self.bn2(self.conv2(out))
        return F.relu(out + shortcut, inplace=True)


class Backbone(nn.Module):
    """ResNet-18 up to layer3, global pooling, linear embedding: [B, 3, H, W] -> [B, dim]."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = nn.Sequential(BasicBlock(64, 64, 1), BasicBlock(64, 64, 1))
        self.layer2 = nn.Sequential(BasicBlock(64, 128, 2), BasicBlock(128, 128, 1))
        self.layer3 = nn.Sequential(BasicBlock(128, 256, 2), BasicBlock(256, 256, 1))
        self.fc_embed = nn.Linear(256, dim)
        self._initialise()

    def _initialise(self) -> None:
        """Convolutions from N(0, variance 2 / (k k out)); all else as PyTorch has it by default."""
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                height, width = module.kernel_size
                fan_out = height * width * module.out_channels
                nn.init.normal_(module.weight, 0.0, math.sqrt(2.0 / fan_out))

    def forward(self, images: Tensor) -> Tensor:
        x = F.relu(self.bn1(self.conv1(images)), inplace=True)
        x = F.max_pool2d(x, 3, 2, 1)
        x = self.layer3(self.layer2(self.layer1(x)))
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)
        return self.fc_embed(x)


def disjoint_masks(notions: int, dim: int, elsewhere: float) -> Tensor:
    """[notions, dim]: 1 in a notion's own block, else `elsewhere`; the first get the rest."""
    masks = torch.full((notions, dim), elsewhere)
    start = 0
    for notion in range(notions):
        size = dim // notions + (1 if notion < dim % notions else 0)
        masks[notion, start : start + size] = 1.0
        start += size
    return masks


class Terms(NamedTuple):
    """The three terms of the loss before they are weighted (scalars)."""

    triplet: Tensor
    embed: Tensor
    mask: Tensor


class Outcome(NamedTuple):
    """What a training step computes: the loss, its terms and the masked distances [B]."""

    loss: Tensor
    terms: Terms
    d_far: Tensor
    d_near: Tensor


class Csn(nn.Module):
    """Backbone and masks."""

    def __init__(self, notions: int, dim: int = 64, masks: MaskMode = "learned") -> None:
        super().__init__()
        self.learned = masks != "fixed"
        self.backbone = Backbone(dim)
        self.masks = nn.Embedding(notions, dim)
        with torch.no_grad():
            if masks == "learned":
                self.masks.weight.normal_(0.9, 0.7)
            else:
                self.masks.weight.copy_(disjoint_masks(notions, dim, 0.1 if self.learned else 0.0))
        self.masks.weight.requires_grad_(self.learned)

    def mask_rows(self, condition: Tensor) -> Tensor:
        """The masks that count for the notions `condition` [B]: [B, dim]."""
        rows = self.masks(condition)
        return F.relu(rows) if self.learned else rows

    def forward(self, anchor: Tensor, far: Tensor, near: Tensor, condition: Tensor) -> Outcome:
        """One pass a role, in the order anchor, far, near: batch norm's statistics are per role."""
        embeddings = [self.backbone(images) for images in (anchor, far, near)]
        mask = self.mask_rows(condition)
        masked = [embedding * mask for embedding in embeddings]
        d_far = F.pairwise_distance(masked[0], masked[1], 2.0, 1e-6)
        d_near = F.pairwise_distance(masked[0], masked[2], 2.0, 1e-6)
        terms = loss_terms(d_far, d_near, embeddings, mask)
        loss = terms.triplet + EMBED_LOSS * terms.embed + MASK_LOSS * terms.mask
        return Outcome(loss, terms, d_far, d_near)


def loss_terms(d_far: Tensor, d_near: Tensor, embeddings: list[Tensor], mask: Tensor) -> Terms:
    """The distances' hinge, the unmasked embeddings' norm / sqrt(B), the masks' L1 norm / B.

    Both norms are means over the roles; the roles share one mask, so its mean is its value.
    """
    batch = mask.shape[0]
    triplet = F.relu(d_near - d_far + MARGIN).mean()
    norms = torch.stack([embedding.norm(2) for embedding in embeddings])
    return Terms(triplet, norms.mean() / math.sqrt(batch), mask.norm(1) / batch)


def trainable(model: nn.Module) -> list[nn.Parameter]:
    """The parameters that the optimiser sees: fixed masks are left out."""
    return [parameter for parameter in model.parameters() if parameter.requires_grad]
