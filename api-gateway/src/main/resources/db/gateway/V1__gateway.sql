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

CREATE TABLE tenant (
  id text PRIMARY KEY,
  name text NOT NULL,
  disabled boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL
);

-- The secret itself is nowhere: secret_mac is HMAC-SHA-256 under a pepper that is not in the database.
CREATE TABLE api_key (
  id text PRIMARY KEY,
  tenant text NOT NULL REFERENCES tenant (id),
  label text NOT NULL,
  secret_mac bytea NOT NULL,
  prefix text NOT NULL,
  last_four text NOT NULL,
  scopes text NOT NULL, -- read, write, admin; comma separated
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX api_key_of_tenant ON api_key (tenant);

-- What was submitted. Rows never change.
CREATE TABLE submission (
  job_id text PRIMARY KEY,
  tenant text NOT NULL,
  created_at timestamptz NOT NULL,
  spec text NOT NULL, -- JobSpec as JSON
  payload text,       -- the submitted payload, where spec's base payload differs from it
  payload_omitted text, -- the member that was left out of the payload shown because of its size
  tags text[] NOT NULL,
  project text,
  client_ref text,
  retry_of text
);
CREATE INDEX submission_by_age ON submission (tenant, created_at DESC, job_id DESC);
CREATE INDEX submission_by_tag ON submission USING gin (tags);

-- The listed items of a job, in the parts in which they were announced.
CREATE TABLE item_chunk (
  job_id text NOT NULL,
  chunk int NOT NULL,
  first_item int NOT NULL,
  items text[] NOT NULL, -- JSON documents, byte for byte
  PRIMARY KEY (job_id, chunk)
);

-- What was answered to a request that carried an Idempotency-Key; kept 24 hours at least.
CREATE TABLE idempotency (
  tenant text NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL, -- SHA-256 of the canonical request
  job_id text NOT NULL,
  answer text NOT NULL, -- the body of the first answer
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, route, key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);
