-- What was added up of a job's results so far, LiveAggregate as JSON; it lies in the job's row, so that it is
-- locked with the counts and always agrees with them. Null where nothing is followed.
ALTER TABLE job ADD COLUMN live text;
-- Why the rest of a job's tasks is not needed, once that is decided.
ALTER TABLE job ADD COLUMN stop_reason text;
