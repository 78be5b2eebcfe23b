-- What lies between the two ends of an output that is kept, and whose progress document it is: a
-- progress line of a new attempt must not take away what the failed one wrote.
ALTER TABLE task_output
  ADD COLUMN cut bigint NOT NULL DEFAULT 0,  -- characters left out between head and tail
  ADD COLUMN progress_epoch bigint;          -- lease epoch of progress; null: that of the output
