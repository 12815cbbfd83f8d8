"""Times epochs from image files, on request: python epoch_speed.py --data FOLDER [--help].

After a step of warm-up it prints a line {"ready": true}. Each line {"workers": n} on stdin is then
answered with a line {"seconds": s}: one epoch over the set's training triplets, read by a DataLoader
with n worker processes (0: none, as the original has on the CPU) that decodes every image of every
triplet with PIL. The network is eager, as the original (contiguous NCHW, torch.optim.Adam).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from csn_model import Csn, trainable
from image_files import TripletFiles
from timing import Answer, answer_requests, flags_for, prepare, seconds_of
from torch import Tensor
from torch.utils.data import DataLoader


def parse_flags() -> argparse.Namespace:
    parser = flags_for("Time epochs from image files; requests on stdin.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the set")
    return parser.parse_args()


class Trainer:
    """The original's loop over a set's files."""

    def __init__(self, flags: argparse.Namespace) -> None:
        self.flags = flags
        self.files = TripletFiles(flags.data, flags.image_size)
        notions = 1 + max(notion for *_, notion in self.files.triplets)
        self.model = Csn(notions).train().to(flags.device)
        self.optimiser = torch.optim.Adam(trainable(self.model), lr=5e-5)

    def loader(self, workers: int) -> DataLoader:
        return DataLoader(
            self.files,
            batch_size=self.flags.batch_size,
            shuffle=True,
            num_workers=workers,
            pin_memory=self.flags.device != "cpu",
        )

    def step(self, batch: list[Tensor]) -> None:
        anchor, far, near, notion = (
            part.to(self.flags.device, non_blocking=True) for part in batch
        )
        loss = self.model(anchor, far, near, notion).loss
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        loss.item()

    def epoch(self, workers: int) -> None:
        for batch in self.loader(workers):
            self.step(batch)


def main() -> None:
    flags = parse_flags()
    prepare(flags)
    trainer = Trainer(flags)

    def answer(request: dict[str, object]) -> Answer:
        workers = int(request["workers"])
        return {"seconds": seconds_of(lambda: trainer.epoch(workers), flags.device)}

    trainer.step(next(iter(trainer.loader(0))))
    answer_requests({"ready": True}, answer)


if __name__ == "__main__":
    main()
