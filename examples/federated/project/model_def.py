"""Softmax regression over handwritten digits, trained where each site's images are.

Plain Python, so that it runs wherever python3 does. With PyTorch, initial_model would return a
torch.nn.Module, and fl_train would train it as usual.
"""

import csv
import math
import random

PIXELS, CLASSES = 64, 10


def initial_model(env):
    return {"weight": [[0.0] * PIXELS for _ in range(CLASSES)], "bias": [0.0] * CLASSES}


def fl_train(model, env, out_dir, logger):
    images = load(env["PAYLOAD"]["data"])
    weight = [list(model["weight"].data[row * PIXELS : (row + 1) * PIXELS]) for row in range(CLASSES)]
    bias = list(model["bias"].data)
    loss = math.nan
    for epoch in range(env["EPOCHS"]):
        random.shuffle(images)
        loss = sum(step(weight, bias, image, env["LR"]) for image in images) / len(images)
        logger.info("round %d, epoch %d: loss %.4f", env["ROUND"], epoch + 1, loss)
    held_out = load("shards/held-out.csv")
    right = sum(digit == best(weight, bias, pixels) for pixels, digit in held_out)
    return {
        "model": {"weight": weight, "bias": bias},
        "num_samples": len(images),
        "loss": loss,
        "accuracy": right / len(held_out),
    }


def load(path):
    with open(path, newline="") as file:
        rows = [[int(value) for value in row] for row in csv.reader(file)]
    return [([value / 16 for value in row[:PIXELS]], row[PIXELS]) for row in rows]


def scores(weight, bias, pixels):
    return [sum(w * p for w, p in zip(row, pixels)) + b for row, b in zip(weight, bias)]


def best(weight, bias, pixels):
    values = scores(weight, bias, pixels)
    return values.index(max(values))


def step(weight, bias, image, rate):
    """One step of stochastic gradient descent; returns the loss before it."""
    pixels, digit = image
    values = scores(weight, bias, pixels)
    most = max(values)
    parts = [math.exp(value - most) for value in values]
    total = sum(parts)
    for row in range(CLASSES):
        slope = rate * (parts[row] / total - (row == digit))
        bias[row] -= slope
        weights = weight[row]
        for place, pixel in enumerate(pixels):
            weights[place] -= slope * pixel
    return math.log(total) + most - values[digit]
