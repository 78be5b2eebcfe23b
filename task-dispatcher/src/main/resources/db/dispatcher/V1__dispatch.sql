-- Who owns a dispatch shard. Every transaction of an owner updates its rows first, so that a fenced owner can write nothing.
CREATE TABLE shard_lease (
  shard int PRIMARY KEY,
  owner text,
  epoch bigint NOT NULL DEFAULT 0,
  until timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 20);

-- Where a shard's owner goes on reading; written in the transaction that holds the effects of what was read.
-- topic_id tells a re-created topic, which is read from its start.
CREATE TABLE shard_offset (
  shard int NOT NULL,
  topic text NOT NULL,
  partition int NOT NULL,
  topic_id text NOT NULL,
  next bigint NOT NULL,
  PRIMARY KEY (shard, topic, partition)
) WITH (fillfactor = 20);

CREATE TABLE worker (
  pool text NOT NULL,
  worker text NOT NULL,
  shard int NOT NULL,
  incarnation bigint NOT NULL,
  capacity text NOT NULL,
  phase text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pool, worker)
);

CREATE TABLE job (
  job_id text PRIMARY KEY,
  shard int NOT NULL,
  pool text NOT NULL,
  plan text NOT NULL,
  traceparent text,
  phase text NOT NULL,
  since timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX job_shard ON job (shard);

-- Planned tasks with their payloads: a JSON array of JSON texts, or the template that makes them.
-- Which of them were leased is told by the rows in task.
CREATE TABLE task_range (
  job_id text NOT NULL,
  first int NOT NULL,
  count int NOT NULL,
  shard int NOT NULL,
  pool text NOT NULL,
  payloads text,
  template text,
  PRIMARY KEY (job_id, first)
);
CREATE INDEX task_range_shard ON task_range (shard);

-- A task has a row from its first lease on.
CREATE TABLE task (
  job_id text NOT NULL,
  index int NOT NULL,
  state text NOT NULL,
  attempt int NOT NULL,
  epoch bigint NOT NULL,
  losses int NOT NULL,
  deaths int NOT NULL,
  failures int NOT NULL,
  fenced boolean NOT NULL,
  worker text,
  incarnation bigint,
  devices text,
  leased_at timestamptz,
  started_at timestamptz,
  available_at timestamptz,
  outcome text,
  PRIMARY KEY (job_id, index)
) WITH (fillfactor = 60);

-- Jobs that are over here: a plan that comes late or twice never runs.
CREATE TABLE tombstone (
  job_id text PRIMARY KEY,
  swept boolean NOT NULL DEFAULT false,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX tombstone_unswept ON tombstone (at) WHERE NOT swept;

CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  shard int NOT NULL,
  topic text NOT NULL,
  partition int,
  key text NOT NULL,
  type text NOT NULL,
  traceparent text,
  value bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
