-- The jobs that a job waits for; null for none. They are in its spec as well, here for joins.
ALTER TABLE submission ADD COLUMN depends_on text[];
-- Retries of a job, for edges that lead to it.
CREATE INDEX submission_by_retry ON submission (retry_of) WHERE retry_of IS NOT NULL;
