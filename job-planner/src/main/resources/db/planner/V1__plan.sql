-- One row per job that was heard of. A closed row stays as a mark for as long as its submission
-- could be read again, so that a repeated record never brings a finished job back.
CREATE TABLE plan (
  job_id text PRIMARY KEY,
  -- Grows by one with every decision; whoever decides on an older one has lost the race.
  version bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('AWAITING', 'PLANNING', 'PLANNED', 'CLOSED')),
  -- JobSpec as JSON, while listed items are still to come.
  spec text,
  -- Tasks whose items came, the carried ones among them included.
  planned_tasks int NOT NULL DEFAULT 0,
  -- Numbers of the parts that came, such as 0-4,7.
  chunks text NOT NULL DEFAULT '',
  changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX plan_closed ON plan (changed_at) WHERE state = 'CLOSED';

-- Listed items that came before their job.
CREATE TABLE parked_chunk (
  job_id text NOT NULL,
  chunk int NOT NULL,
  first_item int NOT NULL,
  -- JSON array of the items' texts.
  items text NOT NULL,
  PRIMARY KEY (job_id, chunk)
);

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
