#!/usr/bin/env python3
"""Rebuilds Muster's job list from the topic muster.job.events, and from nothing else.

    apt-get install python3-confluent-kafka        (or: pip install confluent-kafka)
    ./job_list.py 127.0.0.1:9092 [--follow]

Without --follow it reads what is there now, prints one JSON object per job (as GET /api/v1/jobs shows
it), newest first, and ends with 0; with 3 when a number of a job's events is missing. Problems go to
standard error. docs/events.md of the project says what the records mean.
"""

import argparse
import json
import sys
import uuid

TOPIC = "muster.job.events"
TERMINAL = {"COMPLETED", "PARTIAL", "FAILED", "CANCELLED", "EXPIRED"}
TIMES = {"QUEUED": "queued_at", "ASSIGNED": "assigned_at", "RUNNING": "started_at", "FINALIZING": "finalizing_at"}
COUNTED = ("leased", "running", "succeeded", "failed", "cancelled")


class Job:
    """One job: its events applied in the order of their numbers, early ones kept aside."""

    def __init__(self):
        self.seq = 0
        self.early = {}
        self.first = {}
        self.last = {}
        self.times = {}
        self.cost_nanos = 0

    def take(self, event):
        if event["seq"] > self.seq:
            self.early[event["seq"]] = event
        while self.seq + 1 in self.early:
            self.seq += 1
            self.apply(self.early.pop(self.seq))

    def apply(self, event):
        kind = event["kind"]
        if kind == "SUBMITTED":
            self.first = event
        if kind in TIMES:
            self.times[TIMES[kind]] = event["at"]
        if kind in TERMINAL:
            self.times["ended_at"] = event["at"]
        self.cost_nanos = event.get("cost_nanos", self.cost_nanos)
        self.last = event

    def ended(self):
        return self.seq > 0 and self.last["state"] in TERMINAL

    def shown(self, jobs):
        """The job as the API shows it; of the others it matters which have ended."""
        first, last, spec = self.first, self.last, self.first["spec"]
        counts = {"total": last["counts"]["total"]}
        counts.update({state: last["counts"][state] for state in COUNTED})
        counts["pending"] = counts["total"] - sum(counts[state] for state in COUNTED)
        finished = counts["succeeded"] + counts["failed"] + counts["cancelled"]
        ended = last["state"] in TERMINAL
        kept = ended and last["kind"] != "RESULTS_DELETED"
        told = last.get("cancellation")
        return {
            "job_id": "job_" + last["job"],
            "status": last["status"],
            "canonical_state": last["state"],
            **{same: spec.get(same) for same in ("type", "project", "client_ref", "tags", "variant")},
            "meta": document(spec.get("meta")),
            "payload": document(first.get("payload") or spec["payload"]),
            "payload_omitted": first.get("payload_omitted"),
            **{same: spec.get(same) for same in ("runner_command", "pool", "priority")},
            "timeout_s": spec["timeout_seconds"],
            **({"deadline_s": spec["deadline_seconds"]} if spec.get("deadline_seconds") else {}),
            "requirements": requirements(spec["requirements"]),
            "fan_out": fan_out(spec["fan_out"]),
            "design": design(spec.get("design")),
            "gang": gang(spec, counts["total"]),
            "batch_size": spec["batch_size"] or None,
            "retries": retries(spec["retry"]),
            "retry_of": "job_" + spec["retry_of"] if spec.get("retry_of") else None,
            **dependencies(spec.get("depends_on"), last["state"], jobs),
            **({"callback_url": spec["callback_url"]} if spec.get("callback_url") else {}),
            "counts": counts,
            "progress": finished / counts["total"] if counts["total"] else 0.0,
            "attempts_lost": last["attempts_lost"],
            "retries_used": last["retries_used"],
            "created_at": first["created_at"],
            **{time: self.times.get(time) for time in (*TIMES.values(), "ended_at")},
            "estimated_completion": None,  # the API computes it from the time of the question
            "version": last["seq"],
            "error_code": last.get("error_code"),
            "error": last.get("detail") if last.get("error_code") else None,
            "recommended_action": last.get("recommended_action"),
            "cancellation": told and {k: told.get(k) for k in ("state", "reason", "requested_at", "ended_at")},
            "partial_results": ended and counts["succeeded"] > 0 and last["state"] != "COMPLETED",
            "result_persisted": kept,
            "output_persisted": kept,
            "cost_usd": self.cost_nanos / 1e9,
            **({"stopped_early": True, "stop_reason": last["stop_reason"]} if last.get("stop_reason") else {}),
        }


def document(text):
    return None if text is None else json.loads(text)


def dependencies(told, state, jobs):
    """What a job depends on, and which of that it waits for."""
    if not told:
        return {"depends_on": None, "depends_on_policy": None, "blocked_on": None}
    waits = state in ("PLANNING", "BLOCKED")
    open_ = [p for p in told["jobs"] if waits and not (p in jobs and jobs[p].ended())]
    return {
        "depends_on": ["job_" + parent for parent in told["jobs"]],
        "depends_on_policy": told["policy"],
        "blocked_on": ["job_" + parent for parent in open_] or None,
    }


def requirements(told):
    shown = {
        "gpus": told["gpus"],
        "gpu_memory_gb": told["gpu_memory_mb"] / 1024,
        "cpus": told["cpus"],
        "memory_gb": told["memory_mb"] / 1024,
        "storage_gb": told["storage_mb"] / 1024,
    }
    if told.get("gpu_model"):
        shown["gpu_model"] = told["gpu_model"]
    return shown


def fan_out(told):
    return {
        "BY": {"by": told.get("field"), "total_items": told["items"]},
        "ITEMS": {"total_items": told["items"]},
        "CHUNKS": {"chunks": told["items"], "range_field": told.get("field"), "total": told["total"]},
    }.get(told["shape"])


def design(told):
    """What a sweep or a benchmark consists of, in short."""
    if not told:
        return None
    shown = {}
    if told.get("sweep"):
        sweep = told["sweep"]
        axes = [".".join(axis["path"]) for axis in sweep["axes"]]
        shown.update(sweep=sweep["method"], axes=axes, points=sweep["count"])
    if told.get("benchmark"):
        benchmark = told["benchmark"]
        strategies = [strategy["name"] for strategy in benchmark["strategies"]]
        shown.update(strategies=strategies, inputs=len(benchmark["inputs"]), repeats=benchmark["repeats"])
    if told.get("reduce"):
        reduce = told["reduce"]
        shown.update(reduce=reduce.get("builtin") or reduce["runner_command"], fan_in=reduce["fan_in"])
    if told.get("aggregation"):
        shown.update(follows=[field["name"] for field in told["aggregation"]["fields"]])
        if told["aggregation"]["stop_when"]:
            shown.update(stop_when=told["aggregation"]["stop_when"])
    if told.get("federated"):
        federated = told["federated"]
        training = json.loads(federated["training"])
        shown.update(shards=len(federated["shards"]), rounds=federated["rounds"], training=training)
    if told.get("objective"):
        shown.update(metric=told["objective"]["metric"], direction=told["objective"]["direction"])
    return shown


def gang(spec, total):
    """Which tasks run together: those of a gang, or the shards of a round."""
    federated = (spec.get("design") or {}).get("federated")
    if federated:
        each = federated.get("workers") is not None or federated["auto_select"]
        return {"size": len(federated["shards"]), "gangs": federated["rounds"], "worker_each": each}
    told = spec.get("gang")
    return told and {"size": told["size"], "gangs": total // told["size"], "worker_each": told["apart"]}


def retries(told):
    return {
        "infrastructure": told["infrastructure_max"],
        "user": told["user_max"],
        "exit_codes": sorted(told["exit_codes"]),
        "backoff_s": told["backoff_millis"] / 1000,
        "backoff_max_s": told["backoff_max_millis"] / 1000,
    }


class JobList:
    """All jobs. What cannot be read, or is of another version, is passed by."""

    def __init__(self):
        self.jobs = {}

    def take(self, headers, body):
        kind = dict(headers or []).get("ce_type", b"").decode("utf-8", "replace")
        if not (kind.startswith("dev.muster.job.") and kind.endswith(".v1")):
            return
        try:
            event = json.loads(body)
            job, seq, state = event["job"], event["seq"], event["state"]
            if not (isinstance(job, str) and isinstance(seq, int) and isinstance(state, str)):
                raise ValueError("job, seq or state is of another type")
        except (TypeError, ValueError, KeyError) as error:
            print(f"a record cannot be read and is passed by: {error}", file=sys.stderr)
            return
        self.jobs.setdefault(job, Job()).take(event)

    def gaps(self):
        return {name: job.seq + 1 for name, job in self.jobs.items() if job.early}

    def shown(self):
        return [job.shown(self.jobs) for _, job in sorted(self.jobs.items(), reverse=True) if job.seq > 0]


def read(brokers, jobs, follow):
    """Feeds the list with the topic's records: up to its present end, or for ever."""
    from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, TopicPartition

    consumer = Consumer({"bootstrap.servers": brokers, "group.id": str(uuid.uuid4()), "enable.auto.commit": False})
    try:
        partitions = consumer.list_topics(TOPIC, timeout=30).topics[TOPIC].partitions
        ends = {p: consumer.get_watermark_offsets(TopicPartition(TOPIC, p), timeout=30)[1] for p in partitions}
        left = {p for p, end in ends.items() if end > 0}
        consumer.assign([TopicPartition(TOPIC, p, OFFSET_BEGINNING) for p in partitions])
        while left or follow:
            for partition in list(left):
                (place,) = consumer.position([TopicPartition(TOPIC, partition)])
                if place.offset >= ends[partition]:
                    left.discard(partition)
            record = consumer.poll(0.2)
            if record is None:
                continue
            if record.error():
                raise KafkaException(record.error())
            jobs.take(record.headers(), record.value())
            if follow:
                for name, missing in jobs.gaps().items():
                    print(f"{name}: event {missing} is missing so far", file=sys.stderr)
    finally:
        consumer.close()


def main():
    arguments = argparse.ArgumentParser(description="Rebuilds the job list from the topic alone.")
    arguments.add_argument("brokers", help="host:port of a Kafka broker")
    arguments.add_argument("--follow", action="store_true", help="go on reading until stopped")
    options = arguments.parse_args()
    jobs = JobList()
    try:
        read(options.brokers, jobs, options.follow)
    except KeyboardInterrupt:
        pass
    for job in jobs.shown():
        print(json.dumps(job, ensure_ascii=False))
    gaps = jobs.gaps()
    for name, missing in gaps.items():
        print(f"{name}: event {missing} is missing", file=sys.stderr)
    return 3 if gaps else 0


if __name__ == "__main__":
    sys.exit(main())
