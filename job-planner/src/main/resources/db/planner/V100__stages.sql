-- A job of several stages waits between them, with its submission.
ALTER TABLE plan DROP CONSTRAINT plan_state_check;
ALTER TABLE plan ADD CONSTRAINT plan_state_check
  CHECK (state IN ('AWAITING', 'PLANNING', 'STAGED', 'PLANNED', 'CLOSED'));
-- The stage that is planned next, while state is STAGED.
ALTER TABLE plan ADD COLUMN next_stage int NOT NULL DEFAULT 0;
