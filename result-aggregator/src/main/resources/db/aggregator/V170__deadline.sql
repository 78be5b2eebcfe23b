-- When a job ends with what it has; null for never. The index is what is looked at every second or so.
ALTER TABLE job ADD COLUMN deadline timestamptz;
CREATE INDEX job_deadline ON job (deadline) WHERE deadline IS NOT NULL AND ended_at IS NULL;
