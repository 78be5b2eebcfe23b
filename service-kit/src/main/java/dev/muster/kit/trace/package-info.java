/**
 * Spans: what a trace backend shows of a job's way through the services. Off unless the standard
 * variables name a receiver, and then nothing of OpenTelemetry is even loaded.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.kit.trace;
