-- Links that open the results of one job, or one file of it, without a key. Only the hash of a link's secret is here.
CREATE TABLE share (
  id text PRIMARY KEY,          -- shr_ and a ULID
  tenant text NOT NULL,
  job_id text NOT NULL,
  artifact_id text,             -- null: the result package
  token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  key_id text NOT NULL,         -- who made it; the link ends with that key
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  downloads bigint NOT NULL DEFAULT 0,
  last_download_at timestamptz
);
CREATE INDEX share_of_job ON share (job_id, id);

-- What happened to a link; of downloads the first thousand, all are counted above.
CREATE TABLE share_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  share_id text NOT NULL REFERENCES share (id),
  at timestamptz NOT NULL DEFAULT now(),
  kind text NOT NULL CHECK (kind IN ('created', 'downloaded', 'revoked')),
  key_id text,                  -- who did it, with a key
  address text,                 -- from where, without one
  file text
);
CREATE INDEX share_event_of_share ON share_event (share_id, id);
