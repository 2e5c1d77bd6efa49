"""The Python half of training.mjs: a process that trains when it is told to, so that both can be timed in turn.

A line `ARCHITECTURE BATCH THREADS STEPS` on stdin is answered with the samples a second, on stdout.
"""

import pathlib
import sys
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools/reference"))
from networks import make_network  # noqa: E402

ROWS, WINDOW, FEATURES = 30_000, 50, 86


class Loop:
    """The loop as one writes it: batches gathered by index from one matrix, AdamW, clipped gradients."""

    def __init__(self, architecture):
        torch.manual_seed(0)
        self.network = make_network(dict(architecture=architecture)).train()
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=1e-3, weight_decay=1e-5)
        self.criterion = torch.nn.BCEWithLogitsLoss()
        self.inputs = torch.randn(ROWS, FEATURES)
        self.labels = (torch.rand(ROWS) < 0.5).float()
        self.offsets = torch.arange(-WINDOW + 1, 1)

    def train(self, batch, steps):
        order = torch.randperm(ROWS - WINDOW)[: batch * steps] + WINDOW - 1
        started = time.perf_counter()
        total = 0.0
        for rows in order.split(batch):
            self.optimizer.zero_grad()
            loss = self.criterion(self.network(self.inputs[rows[:, None] + self.offsets]), self.labels[rows])
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            self.optimizer.step()
            total += loss.item() * len(rows)
        return len(order) / (time.perf_counter() - started)


def main():
    loops = {name: Loop(name) for name in ("bilstm", "transformer")}
    print(torch.__version__, flush=True)
    for line in sys.stdin:
        architecture, batch, threads, steps = line.split()
        torch.set_num_threads(int(threads))
        print(loops[architecture].train(int(batch), int(steps)), flush=True)


if __name__ == "__main__":
    main()
