/** PostgreSQL: submissions and idempotency keys are written, the aggregator's tables are read. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.store;
