-- The planner has said that the job waits for others.
ALTER TABLE job ADD COLUMN blocked boolean NOT NULL DEFAULT false;
