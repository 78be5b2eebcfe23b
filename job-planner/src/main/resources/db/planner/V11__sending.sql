-- Which sending of the job's submission this plan is of. A later one means that what was said may
-- be lost, and is planned anew.
ALTER TABLE plan ADD COLUMN sending int NOT NULL DEFAULT 0;
