/**
 * Delivers webhooks: learns of endpoints from a topic, claims what is due, calls receivers without
 * ever reaching inside, records what came of it.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.aggregator.shell.webhook;
