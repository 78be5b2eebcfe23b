#!/usr/bin/env python3
"""Prints a job file for Muster: a random search for a good digit classifier, one task per candidate.

    python3 examples/digits/make_job.py | ./muster submit - --wait

The search is drawn with a fixed seed, so that two runs are comparable; --seed draws another one.
"""

import argparse
import json
import random
from pathlib import Path


def candidate(draw, number):
    return {
        "hidden": draw.choice([0, 8, 12, 16, 24]),
        "learning_rate": round(10 ** draw.uniform(-2.8, -0.3), 5),
        "l2": round(10 ** draw.uniform(-6, -2), 7),
        "epochs": draw.randint(3, 8),
        "seed": number,
    }


def main():
    arguments = argparse.ArgumentParser(description="Prints the job file of a search over digit classifiers.")
    arguments.add_argument("--tasks", type=int, default=48, help="candidates to train (default 48)")
    arguments.add_argument("--seed", type=int, default=2026, help="seed of the random search (default 2026)")
    options = arguments.parse_args()
    draw = random.Random(options.seed)
    here = Path(__file__).resolve().parent
    job = {
        "type": "structured_runner",
        "runner_command": ["python3", str(here / "train.py")],
        "fan_out": {"items": [candidate(draw, number) for number in range(options.tasks)]},
        "timeout_s": 300,
        "tags": ["demo", "digits"],
        "variant": "random-search",
        "meta": {"data": "UCI Optical Recognition of Handwritten Digits", "seed": options.seed},
    }
    print(json.dumps(job, indent=2))


if __name__ == "__main__":
    main()
