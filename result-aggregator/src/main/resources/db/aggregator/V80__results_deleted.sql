-- After a job's end one more thing may happen to it: its results are deleted. The record stays.
ALTER TABLE job
  ADD COLUMN results_deleted boolean NOT NULL DEFAULT false,
  ADD COLUMN results_purged boolean NOT NULL DEFAULT false; -- whether the rows of tasks are done, too
CREATE INDEX job_results_kept ON job (ended_at) WHERE ended_at IS NOT NULL AND NOT results_deleted;
CREATE INDEX job_to_purge ON job (job_id) WHERE results_deleted AND NOT results_purged;

-- Terminal is final but for that one event.
DROP TRIGGER job_terminal_is_final ON job;
CREATE TRIGGER job_terminal_is_final BEFORE UPDATE ON job FOR EACH ROW
  WHEN (OLD.state IN ('COMPLETED', 'PARTIAL', 'FAILED', 'CANCELLED', 'EXPIRED')
    AND ((OLD.state, OLD.succeeded, OLD.failed, OLD.cancelled)
        IS DISTINCT FROM (NEW.state, NEW.succeeded, NEW.failed, NEW.cancelled)
      OR (OLD.results_deleted AND NOT NEW.results_deleted)
      OR NEW.version <> OLD.version + (NEW.results_deleted AND NOT OLD.results_deleted)::int))
  EXECUTE FUNCTION refuse_change_after_end();

-- A result never changes, but it may go.
DROP TRIGGER task_terminal_is_final ON task;
CREATE TRIGGER task_terminal_is_final BEFORE UPDATE ON task FOR EACH ROW
  WHEN (OLD.state IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'SKIPPED')
    AND ((OLD.state, OLD.epoch) IS DISTINCT FROM (NEW.state, NEW.epoch)
      OR (NEW.result IS NOT NULL AND OLD.result IS DISTINCT FROM NEW.result)))
  EXECUTE FUNCTION refuse_change_after_end();
