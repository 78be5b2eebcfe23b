"""Reads and writes checkpoints in the zip format of torch.save, with the standard library alone.

A checkpoint here is a state: tensors by name. Its pickle is read by an unpickler that knows the few
names which rebuild tensors and refuses every other one, so that a checkpoint can hold data and
nothing that runs (torch.load with weights_only=True draws the same line).
"""

import array
import collections
import io
import pickle
import struct
import sys
import zipfile


class BadCheckpoint(Exception):
    """The file is no checkpoint that can be read here; the message says why."""


KINDS = {
    "float32": ("FloatStorage", "f", 4),
    "float64": ("DoubleStorage", "d", 8),
    "int64": ("LongStorage", "q", 8),
}
STORAGES = {storage: kind for kind, (storage, _, _) in KINDS.items()}
STORAGE_NAMES = STORAGES.keys() | {
    "HalfStorage", "BFloat16Storage", "IntStorage", "ShortStorage", "CharStorage",
    "ByteStorage", "BoolStorage", "ComplexFloatStorage", "ComplexDoubleStorage",
}
ENTRY_BYTES_MAX = 64 * 1024 * 1024  # of the pickle, which names tensors but does not hold them


class Tensor:
    """A dense tensor: its kind (float32, float64 or int64), its shape, and its values in row order."""

    def __init__(self, kind, shape, data):
        self.kind = kind
        self.shape = tuple(int(size) for size in shape)
        self.data = data if isinstance(data, array.array) else array.array(KINDS[kind][1], data)
        if self.data.typecode != KINDS[kind][1] or len(self.data) != count(self.shape):
            raise ValueError(
                f"Expected {count(self.shape)} values of {kind}, but got {len(self.data)}"
                f" of the array type {self.data.typecode}")

    def __len__(self):
        return len(self.data)

    def __repr__(self):
        return f"Tensor({self.kind}, {self.shape})"


def count(shape):
    total = 1
    for size in shape:
        total *= size
    return total


def strides(shape):
    steps, step = [], 1
    for size in reversed(shape):
        steps.append(step)
        step *= size
    return tuple(reversed(steps))


class _Storage:
    def __init__(self, name):
        self.name = name


class _View:
    """A tensor as the pickle describes it: a window into a storage."""

    def __init__(self, storage, offset, shape, steps, *_):
        self.storage, self.offset, self.shape, self.steps = storage, offset, shape, steps


def _parameter(view, *_):
    return view


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream):
        super().__init__(stream)

    def find_class(self, module, name):
        if module == "collections" and name == "OrderedDict":
            return collections.OrderedDict
        if module == "torch._utils" and name in ("_rebuild_tensor_v2", "_rebuild_tensor"):
            return _View
        if module == "torch._utils" and name == "_rebuild_parameter":
            return _parameter
        if module == "torch" and name in STORAGE_NAMES:
            return _Storage(name)
        raise BadCheckpoint(
            f"Expected a checkpoint of tensors by name, but it refers to {module}.{name}")

    def persistent_load(self, reference):
        if not isinstance(reference, tuple) or len(reference) != 5 or reference[0] != "storage":
            raise BadCheckpoint("Expected storages, but the checkpoint refers to something else")
        _, storage, key, _, elements = reference
        if not isinstance(storage, _Storage) or type(elements) is not int or elements < 0:
            raise BadCheckpoint("Expected storages, but the checkpoint describes one wrongly")
        return (storage.name, str(key), elements)


def read(path):
    """The state in a file: tensors by name, in the order in which they were saved."""
    try:
        with zipfile.ZipFile(path) as entries:
            return _read(entries)
    except zipfile.BadZipFile as e:
        raise BadCheckpoint(f"Expected a zip file as torch.save writes it, but {e}") from None
    except (pickle.UnpicklingError, EOFError, KeyError, IndexError, TypeError, AttributeError,
            ValueError, OverflowError, NotImplementedError, struct.error) as e:
        raise BadCheckpoint(f"Expected a checkpoint, but it cannot be read: {e}") from None


def _read(entries):
    pickles = [name for name in entries.namelist() if name.split("/")[1:] == ["data.pkl"]]
    if len(pickles) != 1:
        raise BadCheckpoint("Expected one data.pkl, but found " + str(len(pickles)))
    root = pickles[0][: -len("data.pkl")]
    order = "little"
    if root + "byteorder" in entries.namelist():
        order = entries.read(root + "byteorder").decode().strip()
    info = entries.getinfo(pickles[0])
    if info.compress_type != zipfile.ZIP_STORED or info.file_size > ENTRY_BYTES_MAX:
        raise BadCheckpoint(f"Expected a pickle of at most {ENTRY_BYTES_MAX} bytes as they are")
    state = _Unpickler(io.BytesIO(entries.read(info))).load()
    if not isinstance(state, dict):
        raise BadCheckpoint("Expected a dictionary of tensors by name")
    read_storages = {}
    tensors = collections.OrderedDict()
    for name, view in state.items():
        if not isinstance(name, str) or not isinstance(view, _View):
            raise BadCheckpoint(f"Expected a tensor at {name!r}, but it is something else")
        tensors[name] = _tensor(entries, root, order, read_storages, name, view)
    return tensors


def _tensor(entries, root, order, read_storages, name, view):
    storage, key, elements = view.storage
    if storage not in STORAGES:
        raise BadCheckpoint(
            f"Expected float32, float64 or int64 at {name!r}, but it is a {storage}")
    if key not in read_storages:
        read_storages[key] = (storage, _storage(entries, root + "data/" + key, storage, elements, order))
    known, data = read_storages[key]
    shape, steps = view.shape, view.steps
    if known != storage or len(shape) != len(steps) or any(size < 0 for size in shape):
        raise BadCheckpoint(f"Expected a tensor at {name!r}, but it is described wrongly")
    total = count(shape)
    last = view.offset + sum((size - 1) * step for size, step in zip(shape, steps))
    if view.offset < 0 or any(step < 0 for step in steps) or (total and last >= len(data)):
        raise BadCheckpoint(f"Expected {name!r} within its storage, but it reaches beyond")
    if tuple(steps) == strides(shape):
        values = data[view.offset : view.offset + total]
    else:
        # Only views overlap, and no view that is larger than what it shows is honest.
        if total > len(data):
            raise BadCheckpoint(f"Expected {name!r} within its storage, but it repeats it")
        values = array.array(data.typecode, (data[at] for at in _places(view.offset, shape, steps)))
    return Tensor(STORAGES[storage], shape, values)


def _places(offset, shape, steps):
    places = [offset] if count(shape) else []
    for size, step in zip(shape, steps):
        places = [place + step * i for place in places for i in range(size)]
    return places


def _storage(entries, entry, storage, elements, order):
    _, code, width = KINDS[STORAGES[storage]]
    info = entries.getinfo(entry)
    if info.compress_type != zipfile.ZIP_STORED or info.file_size != elements * width:
        raise BadCheckpoint(f"Expected {elements * width} bytes as they are in {entry}")
    data = array.array(code)
    data.frombytes(entries.read(info))
    if order != sys.byteorder:
        data.byteswap()
    return data


def write(path, state):
    """Writes tensors by name so that torch.load opens them; the same state gives the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as entries:
        _entry(entries, "data.pkl", _pickle(state))
        _entry(entries, "byteorder", sys.byteorder.encode())
        for key, tensor in enumerate(state.values()):
            _entry(entries, f"data/{key}", tensor.data.tobytes())
        _entry(entries, "version", b"3\n")


def _entry(entries, name, content):
    info = zipfile.ZipInfo("checkpoint/" + name, (1980, 1, 1, 0, 0, 0))
    info.external_attr = 0o600 << 16
    # torch maps storages into memory and puts each at a multiple of 64 bytes, by a field it skips.
    at = entries.fp.tell() + zipfile.sizeFileHeader + len(info.filename.encode()) + 4
    padding = -at % 64
    info.extra = struct.pack("<2sH", b"FB", padding) + b"Z" * padding
    entries.writestr(info, content)


def _pickle(state):
    """The pickle that torch.save writes for an OrderedDict of tensors, opcode by opcode."""
    out = [b"\x80\x02", b"ccollections\nOrderedDict\n", b")R", b"("]
    for key, (name, tensor) in enumerate(state.items()):
        storage = KINDS[tensor.kind][0].encode()
        out += [
            _text(name),
            b"ctorch._utils\n_rebuild_tensor_v2\n",
            b"((", _text("storage"), b"ctorch\n" + storage + b"\n", _text(str(key)), _text("cpu"),
            _number(len(tensor.data)), b"tQ",
            _number(0), _numbers(tensor.shape), _numbers(strides(tensor.shape)), b"\x89",
            b"ccollections\nOrderedDict\n", b")R", b"tR",
        ]
    return b"".join(out) + b"u."


def _text(text):
    encoded = text.encode()
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def _number(value):
    if value < 2**31:
        return b"J" + struct.pack("<i", value)
    encoded = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(encoded)]) + encoded


def _numbers(values):
    return b"(" + b"".join(map(_number, values)) + b"t"
