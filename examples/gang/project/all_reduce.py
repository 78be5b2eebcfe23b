"""One member of a gang: meets the others over TCP and sums with them, with the standard library.

Every member has a list of numbers. Rank 0 listens at MASTER_ADDR:MASTER_PORT, adds up what the
others send, and sends everybody the sum: the simplest all-reduce there is. PyTorch's
init_process_group reads the same variables.
"""

import json
import os
import socket
import time

RANK = int(os.environ["RANK"])
SIZE = int(os.environ["WORLD_SIZE"])
MASTER = (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
PATIENCE_SECONDS = 60


def main():
    with open(os.environ["MUSTER_TASK_PAYLOAD"]) as file:
        values = json.load(file)["values"]
    total = lead(values) if RANK == 0 else follow(values)
    print(f"rank {RANK} of {SIZE}: {values} of {total}")
    with open(os.environ["MUSTER_TASK_RESULT"], "w") as file:
        json.dump({"rank": RANK, "world_size": SIZE, "sum": total}, file)


def lead(values):
    total, members = list(values), {}
    with socket.create_server(MASTER) as server:
        server.settimeout(PATIENCE_SECONDS)
        while len(members) < SIZE - 1:
            connection, _ = server.accept()
            stream = connection.makefile("rw")
            said = json.loads(stream.readline())
            members[said["rank"]] = stream
            total = [one + other for one, other in zip(total, said["values"], strict=True)]
        for stream in members.values():
            print(json.dumps(total), file=stream, flush=True)
    return total


def follow(values):
    with meet() as connection, connection.makefile("rw") as stream:
        print(json.dumps({"rank": RANK, "values": values}), file=stream, flush=True)
        return json.loads(stream.readline())


def meet():
    """Members start together, but not in order: the first one may be a moment late."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return socket.create_connection(MASTER, timeout=PATIENCE_SECONDS)
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    main()
