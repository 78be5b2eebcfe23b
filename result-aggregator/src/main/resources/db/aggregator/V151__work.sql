-- What kind of work a job is, so that the last ones of its kind tell how long it will take: a digest of its type,
-- project, command and devices. Null for jobs from before.
ALTER TABLE job ADD COLUMN work text;
CREATE INDEX job_of_work ON job (tenant, work, ended_at DESC)
  WHERE state = 'COMPLETED' AND stop_reason IS NULL AND work IS NOT NULL;
