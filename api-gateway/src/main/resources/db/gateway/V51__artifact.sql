-- Files that users upload and that tasks leave. The bytes are the blob of (tenant, sha256), held by the owner artifact/<id>.
CREATE TABLE artifact (
  id text PRIMARY KEY, -- art_ and a ULID, so that ids sort by age
  tenant text NOT NULL,
  name text NOT NULL,
  sha256 bytea NOT NULL,
  bytes bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  job_id text,  -- null: a user uploaded it
  task_index int,
  attempt int,
  epoch bigint,
  kept boolean NOT NULL, -- false: of an attempt whose success is not noted here yet; it may still lose
  CHECK ((job_id IS NULL) = (task_index IS NULL)),
  CHECK ((job_id IS NULL) = (epoch IS NULL)),
  CHECK (job_id IS NOT NULL OR kept)
);
CREATE INDEX artifact_by_age ON artifact (tenant, id);
CREATE UNIQUE INDEX artifact_of_attempt ON artifact (job_id, task_index, epoch, name) WHERE job_id IS NOT NULL;
CREATE UNIQUE INDEX artifact_of_user ON artifact (tenant, name, sha256) WHERE job_id IS NULL;
CREATE INDEX artifact_undecided ON artifact (id) WHERE NOT kept;
