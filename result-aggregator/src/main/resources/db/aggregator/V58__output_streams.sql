-- Which characters of head and tail were written to standard error: ranges such as 0+12,40+3, in order; empty for none. Both streams are kept together,
-- in the order in which they came, and can be told apart by this.
ALTER TABLE task_output
  ADD COLUMN head_errors text NOT NULL DEFAULT '',
  ADD COLUMN tail_errors text NOT NULL DEFAULT '';
