-- Until which time of submission jobs were looked at, whether somebody plans them. One row.
CREATE TABLE stall_watch (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  looked_until timestamptz NOT NULL
);
INSERT INTO stall_watch (looked_until) VALUES (now());

-- Jobs that nobody had planned when they were looked at.
CREATE TABLE stalled_job (
  job_id text PRIMARY KEY,
  sendings int NOT NULL DEFAULT 0,     -- how often the submission was sent again
  due_at timestamptz NOT NULL          -- when to look again
);
CREATE INDEX stalled_job_by_due ON stalled_job (due_at);

-- Rows come in this order, so a few bytes for each piece of the table do.
CREATE INDEX submission_by_time ON submission USING brin (created_at) WITH (pages_per_range = 16);

-- What users ask about webhooks is passed on as an event; here it stays, should the event be lost.
CREATE TABLE webhook_wish (
  delivery text PRIMARY KEY,           -- the last wish about it
  tenant text NOT NULL,
  wish text NOT NULL,                  -- the event as JSON
  asked_at timestamptz NOT NULL
);
CREATE INDEX webhook_wish_by_age ON webhook_wish (asked_at);
