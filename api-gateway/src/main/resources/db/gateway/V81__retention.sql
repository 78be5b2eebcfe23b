-- The plans of tenants and since when. Rows are added only: which plan a tenant had when a job ended never changes.
CREATE TABLE tenant_plan (
  tenant text NOT NULL,
  plan text NOT NULL CHECK (plan IN ('free', 'pro', 'enterprise')),
  since timestamptz NOT NULL,
  PRIMARY KEY (tenant, since)
);

-- Jobs whose results nobody gets any more. The row stays with the record of the job.
CREATE TABLE result_deletion (
  job_id text PRIMARY KEY,
  tenant text NOT NULL,
  reason text NOT NULL CHECK (reason IN ('user', 'retention')),
  at timestamptz NOT NULL DEFAULT now(),
  done_at timestamptz -- when the last of their bytes was given back to the store
);
CREATE INDEX result_deletion_open ON result_deletion (job_id) WHERE done_at IS NULL;
