-- Jobs, their tasks, output and numbered events. Documents of users are text, byte for byte.

CREATE TABLE job (
  job_id text PRIMARY KEY,
  tenant text,                         -- null until the submission is known
  pool text,
  state text NOT NULL,
  shown text NOT NULL,                 -- the native API's word; while CANCELING the word before
  version bigint NOT NULL,             -- number of the last event; 0 before the submission is known
  total int NOT NULL,
  leased int NOT NULL,
  running int NOT NULL,
  succeeded int NOT NULL,
  failed int NOT NULL,
  cancelled int NOT NULL,
  attempts_lost int NOT NULL,
  retries int NOT NULL,
  planned boolean NOT NULL,            -- what is known to have happened, in whatever order it came
  leased_ever boolean NOT NULL,
  started_ever boolean NOT NULL,
  plan_failed boolean NOT NULL,
  stopped boolean NOT NULL,
  created_at timestamptz,
  queued_at timestamptz,
  assigned_at timestamptz,
  started_at timestamptz,
  finalizing_at timestamptz,
  ended_at timestamptz,
  error_code text,
  error text,
  cancel_state text CHECK (cancel_state IN ('canceling', 'canceled', 'failed')),
  cancel_reason text,
  cancel_requested_at timestamptz,
  cancel_ended_at timestamptz,
  summary text,                        -- JSON, set at the end
  aggregate text                       -- JSON, set at the end
) WITH (fillfactor = 80);
CREATE INDEX job_unconcluded ON job (job_id)
  WHERE state = 'FINALIZING' OR (state = 'CANCELING' AND stopped);

-- A task without a row is PENDING while its job goes on, and CANCELLED once its job is over.
CREATE TABLE task (
  job_id text NOT NULL,
  index int NOT NULL,
  state text NOT NULL,
  attempt int NOT NULL,
  epoch bigint NOT NULL,
  worker text,
  leased_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  result text,
  error_code text,
  error text,
  exit_code int,
  signal int,
  run_millis bigint,
  attempts text,                       -- JSON array of ended attempts
  last_failed text,                    -- JSON of the last failed attempt with output_tail
  PRIMARY KEY (job_id, index)
) WITH (fillfactor = 80);

CREATE TABLE task_output (
  job_id text NOT NULL,
  index int NOT NULL,
  attempt int NOT NULL,
  epoch bigint NOT NULL,
  head text NOT NULL,
  tail text NOT NULL,
  bytes bigint NOT NULL,
  gaps int NOT NULL,
  progress text,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (job_id, index)
);

CREATE TABLE job_event (
  job_id text NOT NULL,
  seq bigint NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  at timestamptz NOT NULL,
  body text NOT NULL,                  -- the event as it is published, JSON
  PRIMARY KEY (job_id, seq)
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

-- Terminal is final: the code never tries, and if it did, nothing would be lost but the attempt.
CREATE FUNCTION refuse_change_after_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Expected % to go on, but it is % for good', TG_TABLE_NAME, OLD.state
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER job_terminal_is_final BEFORE UPDATE ON job FOR EACH ROW
  WHEN (OLD.state IN ('COMPLETED', 'PARTIAL', 'FAILED', 'CANCELLED', 'EXPIRED')
    AND (OLD.state, OLD.version, OLD.succeeded, OLD.failed, OLD.cancelled)
      IS DISTINCT FROM (NEW.state, NEW.version, NEW.succeeded, NEW.failed, NEW.cancelled))
  EXECUTE FUNCTION refuse_change_after_end();

CREATE TRIGGER task_terminal_is_final BEFORE UPDATE ON task FOR EACH ROW
  WHEN (OLD.state IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'SKIPPED')
    AND (OLD.state, OLD.epoch, OLD.result) IS DISTINCT FROM (NEW.state, NEW.epoch, NEW.result))
  EXECUTE FUNCTION refuse_change_after_end();

-- The gateway reads, nothing else.
DO $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO muster_gateway', current_schema());
  EXECUTE format('GRANT SELECT ON TABLE job, task, task_output, job_event TO muster_gateway');
  EXECUTE format(
    'ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT ON TABLES TO muster_gateway',
    current_schema());
END $$;
