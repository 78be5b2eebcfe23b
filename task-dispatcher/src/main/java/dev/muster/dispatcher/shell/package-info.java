/**
 * All I/O of the dispatcher: one loop reads Kafka, asks the pools, commits what they decided in one
 * transaction, and wakes the relay. No rule lives here but those of owning shards.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.dispatcher.shell;
