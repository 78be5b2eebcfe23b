-- Of a job of several stages: the index after each one's last task, comma separated, and how many
-- are known to be complete. A job of one stage has null.
ALTER TABLE job ADD COLUMN stage_ends text;
ALTER TABLE job ADD COLUMN stages_completed int NOT NULL DEFAULT 0;
