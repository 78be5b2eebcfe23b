-- Which attempts fetched which revision: their workers have it in their caches since. Workers fetch a revision once, so these are few.
CREATE TABLE project_fetch (
  tenant text NOT NULL,
  sha256 bytea NOT NULL,
  job_id text NOT NULL,
  index int NOT NULL,
  epoch bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (job_id, index, epoch)
);
CREATE INDEX project_fetch_of_revision ON project_fetch (tenant, sha256, at DESC);

-- The jobs that name a project: whether one still runs decides whether the project can go.
CREATE INDEX submission_of_project ON submission (tenant, project, created_at DESC) WHERE project IS NOT NULL;
