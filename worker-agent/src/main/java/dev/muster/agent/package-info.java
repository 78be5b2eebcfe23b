/**
 * The worker agent: runs attempts as real processes on one host and reports what happens. It owns
 * nothing durable but its spool on disk. Deciding code is pure ({@code attempt}, {@code device},
 * {@code output}); everything that touches Kafka, files, the clock or the kernel is in {@code
 * shell}.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.agent;
