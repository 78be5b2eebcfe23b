-- Webhooks: what is to be delivered where, and what came of each attempt.

-- Where the end of this job is told; as the gateway checked and rebuilt it.
ALTER TABLE job ADD COLUMN callback_url text;

-- What the gateway said of endpoints, and whether they still work.
CREATE TABLE webhook_endpoint (
  endpoint_id text PRIMARY KEY,        -- ep_<ulid>, or callback_<tenant>
  tenant text NOT NULL,
  version bigint NOT NULL,             -- an older word changes nothing
  url text,                            -- null: only signs what goes to callback_urls
  events text[] NOT NULL,
  enabled boolean NOT NULL,
  secrets text NOT NULL,               -- JSON array of SigningSecret; each is encrypted
  deleted boolean NOT NULL DEFAULT false,
  disabled_at timestamptz,             -- by us, for its failures
  disabled_reason text CHECK (disabled_reason IN ('gone', 'failing')),
  live boolean NOT NULL GENERATED ALWAYS AS
    (url IS NOT NULL AND enabled AND NOT deleted AND disabled_at IS NULL) STORED
);
CREATE INDEX webhook_endpoint_live ON webhook_endpoint (tenant) WHERE live;

-- One event for one endpoint. The id is made of both, so the same event never gets another.
CREATE TABLE webhook_delivery (
  delivery_id text PRIMARY KEY,        -- the webhook-id
  tenant text NOT NULL,
  endpoint_id text NOT NULL,
  lane text NOT NULL,                  -- what shares its limits: the endpoint, or a callback's host
  url text,                            -- a callback's; else the endpoint's own at the time
  event text NOT NULL,
  job_id text,
  seq bigint,
  body text,                           -- of what is no job event
  state text NOT NULL CHECK (state IN ('pending', 'delivered', 'exhausted')),
  attempts int NOT NULL DEFAULT 0,     -- in all
  tries int NOT NULL DEFAULT 0,        -- since it was last asked for: the place in the schedule
  due_at timestamptz NOT NULL,         -- while sending: when the attempt is given up for lost
  sending boolean NOT NULL DEFAULT false,
  claim bigint NOT NULL DEFAULT 0,     -- grows with every attempt; an older one records nothing
  request text,                        -- the last wish for a redelivery
  created_at timestamptz NOT NULL,
  ended_at timestamptz
) WITH (fillfactor = 80);
CREATE INDEX webhook_delivery_due ON webhook_delivery (lane, due_at) WHERE state = 'pending';
CREATE INDEX webhook_delivery_sending ON webhook_delivery (lane) WHERE state = 'pending' AND sending;
CREATE INDEX webhook_delivery_listed
  ON webhook_delivery (tenant, endpoint_id, created_at DESC, delivery_id DESC);
CREATE INDEX webhook_delivery_old ON webhook_delivery (ended_at) WHERE state <> 'pending';

CREATE TABLE webhook_attempt (
  delivery_id text NOT NULL REFERENCES webhook_delivery (delivery_id) ON DELETE CASCADE,
  attempt int NOT NULL,                -- from 1
  started_at timestamptz NOT NULL,
  millis bigint NOT NULL,
  status int,                          -- the receiver's, where it answered
  error text,                          -- a word, where it did not
  response text,                       -- the first KiB of the answer
  PRIMARY KEY (delivery_id, attempt)
);

-- Lanes that fail; a lane that works has no row.
CREATE TABLE webhook_lane (
  lane text PRIMARY KEY,
  failures int NOT NULL,               -- in a row
  failing_since timestamptz NOT NULL,
  open_until timestamptz               -- nothing is sent before
);
