#!/usr/bin/env python3
"""Trains one digit classifier and reports how good it is: one task of the search that make_job.py describes.

Python 3.9 or newer, standard library only. The task's payload (the file named by MUSTER_TASK_PAYLOAD) holds the
hyper-parameters; the file named by MUSTER_TASK_RESULT receives the scores. After each epoch one progress line is printed.
"""

import copy
import csv
import json
import math
import os
import random
import time
from operator import mul
from pathlib import Path

PIXELS = 64
CLASSES = 10
SPLIT_SEED = 1998  # every task sees the same split, so that their scores can be compared
TRAIN, VALIDATION = 1200, 297  # the remaining 300 images are the test set


def main():
    payload = json.loads(Path(os.environ["MUSTER_TASK_PAYLOAD"]).read_text(encoding="utf-8"))
    data = Path(payload.get("data") or Path(__file__).resolve().with_name("digits.csv"))
    images = load(data)
    random.Random(SPLIT_SEED).shuffle(images)
    train, validation, test = images[:TRAIN], images[TRAIN : TRAIN + VALIDATION], images[TRAIN + VALIDATION :]

    started = time.monotonic()
    network = Network(
        hidden=int(payload["hidden"]),
        learning_rate=float(payload["learning_rate"]),
        l2=float(payload["l2"]),
        seed=int(payload.get("seed", 0)),
    )
    epochs = int(payload["epochs"])
    order = random.Random(int(payload.get("seed", 0)) + 1)
    best, best_accuracy, best_loss = network, -1.0, math.nan
    for epoch in range(1, epochs + 1):
        order.shuffle(train)
        loss = sum(network.learn(pixels, digit) for pixels, digit in train) / len(train)
        accuracy = network.accuracy(validation)
        if accuracy > best_accuracy:  # what is kept is the network of the best epoch, not of the last
            best, best_accuracy, best_loss = copy.deepcopy(network), accuracy, loss
        progress = {
            "epoch": epoch,
            "epochs": epochs,
            "loss": round(loss, 4),
            "validation_accuracy": round(accuracy, 4),
        }
        print("MUSTER_PROGRESS:" + json.dumps(progress), flush=True)

    result = {
        "validation_accuracy": round(best_accuracy, 4),
        "test_accuracy": round(best.accuracy(test), 4),
        "train_loss": round(best_loss, 4),
        "hidden": network.hidden,
        "learning_rate": network.learning_rate,
        "l2": network.l2,
        "epochs": epochs,
        "parameters": network.parameters(),
        "train_seconds": round(time.monotonic() - started, 3),
    }
    Path(os.environ["MUSTER_TASK_RESULT"]).write_text(json.dumps(result), encoding="utf-8")
    print(f"{result['validation_accuracy']:.1%} of {len(validation)} unseen digits read correctly", flush=True)


def load(path):
    """Reads (pixels scaled to 0..1, digit) pairs; the last column is the digit."""
    with path.open(newline="", encoding="ascii") as lines:
        rows = [[int(cell) for cell in row] for row in csv.reader(lines)]
    return [([cell / 16 for cell in row[:PIXELS]], row[PIXELS]) for row in rows]


class Network:
    """Softmax regression, or with hidden > 0 a perceptron with one layer of tanh units, trained by plain SGD."""

    def __init__(self, hidden, learning_rate, l2, seed):
        self.hidden, self.learning_rate, self.l2 = hidden, learning_rate, l2
        draw = random.Random(seed)
        width = hidden or PIXELS
        self.first = [[draw.gauss(0, 1 / math.sqrt(PIXELS)) for _ in range(PIXELS + 1)] for _ in range(hidden)]
        self.last = [[draw.gauss(0, 1 / math.sqrt(width)) for _ in range(width + 1)] for _ in range(CLASSES)]

    def parameters(self):
        return sum(len(row) for row in self.first) + sum(len(row) for row in self.last)

    def forward(self, pixels):
        inputs = pixels + [1.0]
        units = [math.tanh(sum(map(mul, row, inputs))) for row in self.first] + [1.0] if self.hidden else inputs
        scores = [sum(map(mul, row, units)) for row in self.last]
        top = max(scores)
        odds = [math.exp(score - top) for score in scores]
        total = sum(odds)
        return inputs, units, [odd / total for odd in odds]

    def learn(self, pixels, digit):
        """One step of gradient descent on one image; returns its cross-entropy before the step."""
        inputs, units, chances = self.forward(pixels)
        rate, keep = self.learning_rate, 1 - self.learning_rate * self.l2
        loss = -math.log(max(chances[digit], 1e-12))
        errors = chances[:]
        errors[digit] -= 1
        if self.hidden:
            back = [
                sum(error * row[unit] for error, row in zip(errors, self.last)) * (1 - units[unit] ** 2)
                for unit in range(self.hidden)
            ]
            for row, error in zip(self.first, back):
                step = rate * error
                row[:] = [keep * weight - step * value for weight, value in zip(row, inputs)]
        for row, error in zip(self.last, errors):
            step = rate * error
            row[:] = [keep * weight - step * value for weight, value in zip(row, units)]
        return loss

    def accuracy(self, images):
        right = 0
        for pixels, digit in images:
            chances = self.forward(pixels)[2]
            right += chances.index(max(chances)) == digit
        return right / len(images)


if __name__ == "__main__":
    main()
