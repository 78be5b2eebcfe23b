"""One task of a federated training: trains a shard, or averages what the shards of a round learnt.

The project's model_def.py defines

    fl_train(model, env, out_dir, logger)   or   train(model, env, out_dir, logger)
    initial_model(env)

initial_model returns the model that round 1 begins with: a dictionary of tensors by name (Tensor,
array.array, lists of floats or of lists, or torch tensors), or an object with state_dict and
load_state_dict as PyTorch's modules have them. fl_train changes the model, and returns how many
samples it has seen, or a dictionary with num_samples and whatever numbers are worth telling. A
dictionary "model" in it replaces the model. The class Tensor of the program is known to the file.
"""

import hashlib
import json
import logging
import math
import os
import random
import shutil
import sys
import traceback
import types
from fractions import Fraction

PAYLOAD = os.environ["MUSTER_TASK_PAYLOAD"]
FOLDER = os.path.dirname(PAYLOAD)
BROUGHT = os.path.join(FOLDER, "_federated")
ARTIFACTS = os.environ["MUSTER_ARTIFACTS_DIR"]
DEFAULTS = {"local_epochs": 2, "batch_size": 32, "learning_rate": 0.001}
NAMES = {"local_epochs": "EPOCHS", "batch_size": "BATCH_SIZE", "learning_rate": "LR",
         "num_classes": "NUM_CLASSES"}


class Fault(Exception):
    """Ends the task with a code that says why, and a sentence."""

    def __init__(self, code, sentence):
        super().__init__(sentence)
        self.code = code


def main():
    with open(PAYLOAD) as file:
        payload = json.load(file)
    task = payload.pop("_federated")
    if "shard" in task:
        result = train(task, payload)
    else:
        result = average(task)
    with open(os.environ["MUSTER_TASK_RESULT"], "w") as file:
        json.dump(result, file)


def left(name):
    path = os.path.join(ARTIFACTS, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


# A shard.


def train(task, payload):
    seed(task)
    functions = definition()
    env = environment(task, payload)
    model, begin = start(task, functions, env)
    out_dir = os.path.dirname(left("files_out/train"))
    print(f"Round {task['round']} of {task['rounds']}: shard {task['shard']} trains", flush=True)
    said = functions["train"](model, env, out_dir, logger())
    if isinstance(said, dict) and "model" in said:
        said = dict(said)
        model = said.pop("model")
    samples, metrics = told(said)
    state = state_of(model, "fl_train")
    comparable(begin, state, "fl_train")
    write(left("update.pt"), state)
    return {"round": task["round"], "shard": task["shard"], "samples": samples,
            "metrics": metrics, "begin": digest(begin)}


def seed(task):
    """The same on every worker and at every try, so that all shards of round 1 begin alike."""
    words = f"{os.environ['MUSTER_JOB_ID']}/{task['round']}"
    number = int.from_bytes(hashlib.sha256(words.encode()).digest()[:4], "little")
    random.seed(number)
    return number


def definition():
    if not os.path.isfile("model_def.py"):
        raise Fault("model_def_missing",
                    "Expected model_def.py at the root of the project, but there is none")
    with open("model_def.py", "rb") as file:
        source = file.read()
    module = types.ModuleType("model_def")
    module.__file__ = "model_def.py"
    module.Tensor = Tensor
    sys.modules["model_def"] = module
    names = vars(module)
    try:
        exec(compile(source, "model_def.py", "exec"), names)
    except SyntaxError as e:
        where = os.path.basename(e.filename or "model_def.py")
        raise Fault("model_def_invalid", f"{where}, line {e.lineno}: {e.msg}") from None
    except Exception as e:
        if "out of memory" in str(e):
            raise
        traceback.print_exc()
        lines = [frame.lineno for frame in traceback.extract_tb(e.__traceback__)
                 if frame.filename == "model_def.py"]
        where = f"model_def.py, line {lines[-1]}" if lines else "model_def.py"
        raise Fault("model_def_invalid", f"{where}: {type(e).__name__}: {e}") from None
    trains = names.get("fl_train", names.get("train"))
    for name, function in (("fl_train", trains), ("initial_model", names.get("initial_model"))):
        if not callable(function):
            raise Fault("model_def_invalid",
                        f"Expected model_def.py to define {name}, but it does not")
    return {"train": trains, "initial": names["initial_model"]}


def environment(task, payload):
    training = dict(task["training"])
    extra = training.pop("extra", {})
    env = {NAMES[name]: value for name, value in {**DEFAULTS, **training}.items()}
    env.update(ROUND=task["round"], ROUNDS=task["rounds"], SHARD=task["shard"],
               SHARDS=task["shards"], PAYLOAD=payload, FILES=FOLDER, SEED=seed(task))
    env.update(extra)
    return env


def start(task, functions, env):
    """The model of this round's begin in the form that initial_model gives it, and its state."""
    for library in ("numpy", "torch"):
        seed_of(library, env["SEED"])
    model = functions["initial"](env)
    first = state_of(model, "initial_model")
    random.seed(f"{env['SEED']}/{task['shard']}")
    if task["round"] == 1:
        return (model if hasattr(model, "state_dict") else first), copied(first)
    begin = read(os.path.join(BROUGHT, "begin.pt"))
    comparable(begin, first, "initial_model")
    if not hasattr(model, "load_state_dict"):
        return begin, copied(begin)
    import torch

    kinds = {"float32": torch.float32, "float64": torch.float64, "int64": torch.int64}
    model.load_state_dict({
        name: torch.tensor(tensor.data.tolist(), dtype=kinds[tensor.kind]).reshape(tensor.shape)
        for name, tensor in begin.items()})
    return model, begin


def seed_of(library, number):
    module = sys.modules.get(library)
    if module is not None:
        (module.random.seed if library == "numpy" else module.manual_seed)(number)


def copied(state):
    return {name: Tensor(t.kind, t.shape, t.data[:]) for name, t in state.items()}


def state_of(model, whose):
    state = model.state_dict() if hasattr(model, "state_dict") else model
    if not isinstance(state, dict) or not state:
        raise Fault("model_def_invalid",
                    f"Expected a model with tensors by name from {whose}, but got"
                    f" {type(model).__name__}")
    return {str(name): tensor_of(value, name, whose) for name, value in state.items()}


def tensor_of(value, name, whose):
    if isinstance(value, Tensor):
        return value
    try:
        if hasattr(value, "detach"):
            kind = str(value.dtype).rpartition(".")[2]
            value = value.detach().cpu()
            return Tensor(kind, tuple(value.shape), value.reshape(-1).tolist())
        if isinstance(value, array.array):
            kind = {code: kind for kind, (_, code, _) in KINDS.items()}[value.typecode]
            return Tensor(kind, (len(value),), value)
        shape, flat = flattened(value)
        return Tensor("float32", shape, flat)
    except (KeyError, TypeError, ValueError, OverflowError) as e:
        raise Fault("model_def_invalid",
                    f"Expected a tensor of float32, float64 or int64 as {name!r} from {whose},"
                    f" but {type(e).__name__}: {e}") from None


def flattened(value):
    if not isinstance(value, (list, tuple)):
        return (), [float(value)]
    parts = [flattened(one) for one in value]
    if len({shape for shape, _ in parts}) > 1:
        raise ValueError("its rows differ in length")
    shape = (len(parts),) + (parts[0][0] if parts else ())
    return shape, [number for _, flat in parts for number in flat]


def comparable(one, other, whose):
    forms = [{name: (t.kind, t.shape) for name, t in state.items()} for state in (one, other)]
    if forms[0] != forms[1]:
        names = sorted(name for name in forms[0].keys() | forms[1].keys()
                       if forms[0].get(name) != forms[1].get(name))
        raise Fault("model_def_invalid",
                    f"Expected the same tensors in every round, but {whose} has others at"
                    f" {', '.join(names[:5])}")


def told(said):
    numbers = dict(said) if isinstance(said, dict) else {"num_samples": said}
    samples = numbers.pop("num_samples", None)
    if type(samples) is not int or samples < 1:
        raise Fault("model_def_invalid",
                    "Expected fl_train to return how many samples it has seen, an integer from 1,"
                    f" but got {samples!r}")
    return samples, {str(name): float(value) for name, value in numbers.items()
                     if type(value) in (int, float) and math.isfinite(value)}


def logger():
    log = logging.getLogger("fl_train")
    log.setLevel(logging.INFO)
    handler = logging.FileHandler(left("files_out/train.log"))
    for one in (handler, logging.StreamHandler()):
        one.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        log.addHandler(one)
    return log


def digest(state):
    total = hashlib.sha256()
    for name in sorted(state):
        tensor = state[name]
        total.update(f"{name} {tensor.kind} {tensor.shape}\n".encode())
        total.update(tensor.data.tobytes())
    return total.hexdigest()


# The average of a round.


def average(task):
    with open(os.path.join(FOLDER, task["inputs"]["path"])) as lines:
        results = [json.loads(line)["result"] for line in lines]
    once = [result["shard"] for result in results] == list(range(task["shards"]))
    if not once or any(result["round"] != task["round"] for result in results):
        raise SystemExit("Expected every shard of the round once, but got others")
    if len({result["begin"] for result in results}) != 1:
        raise Fault("model_def_invalid",
                    "Expected every shard to begin with the same model, but initial_model gave"
                    " different ones; let it take its randomness from env['SEED'] alone")
    samples = [result["samples"] for result in results]
    paths = [os.path.join(BROUGHT, f"{shard}.pt") for shard in range(task["shards"])]
    state = weighted(paths, samples)
    last = task["round"] == task["rounds"]
    written = left("model_out/checkpoint.pt" if last else "checkpoint.pt")
    write(written, state)
    metrics = averaged(results)
    with open(written, "rb") as file:
        line = {"round": task["round"], "shards": task["shards"], "samples": sum(samples),
                "metrics": metrics, "sha256": hashlib.sha256(file.read()).hexdigest()}
    record(task, results, line)
    return line


def weighted(paths, samples):
    """FedAvg: the mean of the shards' tensors, weighted by their samples (McMahan et al. 2017).

    Added up in float64 in the order of the shards, so that the result has the same bits each time.
    Integers, such as counters, are averaged exactly and rounded to the nearest.
    """
    total = sum(samples)
    first, sums = None, {}
    for path, weight in zip(paths, samples):
        state = read(path)
        if first is None:
            first = {name: (t.kind, t.shape) for name, t in state.items()}
            sums = {name: weigh(t, weight) for name, t in state.items()}
        elif {name: (t.kind, t.shape) for name, t in state.items()} != first:
            raise Fault("model_def_invalid",
                        "Expected the same tensors from every shard, but they differ")
        else:
            for name, tensor in state.items():
                add(sums[name], tensor, weight)
    return {name: mean(kind, shape, sums[name], total) for name, (kind, shape) in first.items()}


def weigh(tensor, weight):
    if tensor.kind == "int64":
        return [value * weight for value in tensor.data]
    return array.array("d", (value * weight for value in tensor.data))


def add(sums, tensor, weight):
    for place, value in enumerate(tensor.data):
        sums[place] += value * weight


def mean(kind, shape, sums, total):
    if kind == "int64":
        return Tensor(kind, shape, [round(Fraction(value, total)) for value in sums])
    return Tensor(kind, shape, array.array(KINDS[kind][1], (value / total for value in sums)))


def averaged(results):
    """The mean of each number that shards told, weighted by the samples of those that told it."""
    metrics = {}
    for name in sorted({name for result in results for name in result["metrics"]}):
        telling = [(r["samples"], r["metrics"][name]) for r in results if name in r["metrics"]]
        metrics[name] = math.fsum(n * v for n, v in telling) / sum(n for n, _ in telling)
    return metrics


def record(task, results, line):
    """Adds the round to the log and to the metrics of the rounds before."""
    lines = [f"round {task['round']} of {task['rounds']}: {task['shards']} shard(s),"
             f" {line['samples']} sample(s){shown(line['metrics'])}"]
    for result in results:
        lines.append(f"  shard {result['shard']}: {result['samples']} sample(s)"
                     + shown(result["metrics"]))
    each = [{"shard": r["shard"], "samples": r["samples"], "metrics": r["metrics"]} for r in results]
    added = {"training_log.txt": "\n".join(lines),
             "metrics.jsonl": json.dumps({**line, "by_shard": each})}
    for name, text in added.items():
        with open(left("files_out/" + name), "w") as out:
            if task["round"] > 1:
                with open(os.path.join(BROUGHT, name)) as before:
                    shutil.copyfileobj(before, out)
            out.write(text + "\n")
    print("\n".join(lines), flush=True)
    print("MUSTER_PROGRESS:" + json.dumps(
        {"round": task["round"], "rounds": task["rounds"], **line["metrics"]}), flush=True)


def shown(metrics):
    return "".join(f", {name} {value:.6g}" for name, value in metrics.items())


if __name__ == "__main__":
    try:
        main()
    except (Fault, BadCheckpoint) as fault:
        code = getattr(fault, "code", "model_def_invalid")
        with open(os.environ["MUSTER_TASK_ERROR"], "w") as file:
            json.dump({"code": code, "error": str(fault)}, file)
        raise SystemExit(str(fault)) from None
