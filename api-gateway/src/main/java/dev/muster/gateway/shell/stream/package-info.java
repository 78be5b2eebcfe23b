/** Live updates: what Kafka brings is fanned out to the event streams that are open. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.stream;
