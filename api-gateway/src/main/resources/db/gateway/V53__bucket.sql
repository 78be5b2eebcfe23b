-- Buckets of users: objects stay until their user deletes them, within a quota. The bytes of an object are the blob of (tenant, sha256), held
-- by the owner object/<id>. Every change of objects holds the row of their bucket, so the sums below are exact.
CREATE TABLE bucket (
  tenant text PRIMARY KEY,
  alias text NOT NULL UNIQUE, -- its name for S3 clients
  quota_bytes bigint CHECK (quota_bytes >= 0), -- null: what the configuration says
  used_bytes bigint NOT NULL DEFAULT 0 CHECK (used_bytes >= 0), -- of objects, and of job files that will be objects when their attempt succeeds
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE object (
  tenant text NOT NULL,
  key text COLLATE "C" NOT NULL, -- sorted by its bytes, as S3 lists
  id text NOT NULL UNIQUE, -- another one for every version
  sha256 bytea NOT NULL,
  bytes bigint NOT NULL CHECK (bytes >= 0),
  content_type text NOT NULL,
  modified_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, key)
);

-- Deletions of whole folders that are under way, or were within the last day. They go on after a crash.
CREATE TABLE object_deletion (
  id text PRIMARY KEY,
  tenant text NOT NULL,
  prefix text COLLATE "C" NOT NULL,
  asked_at timestamptz NOT NULL DEFAULT now(), -- what is written later stays
  deleted bigint NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  done_at timestamptz
);
CREATE INDEX object_deletion_open ON object_deletion (asked_at) WHERE done_at IS NULL;

-- Uploads in parts by S3 clients. The file is the loose one of blob_id.
CREATE TABLE object_upload (
  id text PRIMARY KEY,
  tenant text NOT NULL,
  key text COLLATE "C" NOT NULL,
  blob_id text NOT NULL,
  session text NOT NULL,
  content_type text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX object_upload_by_expiry ON object_upload (expires_at);
CREATE INDEX object_upload_of_tenant ON object_upload (tenant, key);

CREATE TABLE object_part (
  upload_id text NOT NULL REFERENCES object_upload (id) ON DELETE CASCADE,
  number int NOT NULL,
  bytes bigint NOT NULL,
  sha256 bytea NOT NULL,
  receipt text NOT NULL,
  PRIMARY KEY (upload_id, number)
);

-- Keys of S3 clients. The secret is derived from the id under the gateway's pepper and is in no row.
CREATE TABLE bucket_key (
  id text PRIMARY KEY,
  tenant text NOT NULL REFERENCES tenant (id),
  label text NOT NULL,
  own boolean NOT NULL, -- the gateway's own, under which it signs URLs; never listed
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
CREATE INDEX bucket_key_of_tenant ON bucket_key (tenant);
CREATE UNIQUE INDEX bucket_key_own ON bucket_key (tenant) WHERE own;

-- Which folder under jobs/ is a job's. Names may be alike, folders never are.
CREATE TABLE job_folder (
  tenant text NOT NULL,
  slug text NOT NULL,
  job_id text NOT NULL UNIQUE,
  PRIMARY KEY (tenant, slug)
);

-- Artifacts that will be objects of this key when their attempt has succeeded; their bytes are in used_bytes from the beginning.
CREATE TABLE object_promise (
  artifact_id text PRIMARY KEY, -- one that is gone is found by the next look, which gives its bytes back
  tenant text NOT NULL,
  key text COLLATE "C" NOT NULL,
  bytes bigint NOT NULL
);
CREATE INDEX object_promise_of_tenant ON object_promise (tenant);
