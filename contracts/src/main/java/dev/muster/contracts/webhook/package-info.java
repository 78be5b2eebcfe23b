/** Webhooks between gateway and aggregator: endpoints, wishes about them, kinds of events. */
@org.jspecify.annotations.NullMarked
package dev.muster.contracts.webhook;
