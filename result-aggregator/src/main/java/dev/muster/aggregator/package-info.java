/**
 * The result aggregator: decides the state of every job, counts each task once, keeps results and
 * output, numbers the public events. The packages below are pure; {@code shell} alone talks to
 * Kafka and PostgreSQL.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.aggregator;
