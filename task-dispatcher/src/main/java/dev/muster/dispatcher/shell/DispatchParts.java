package dev.muster.dispatcher.shell;

import dev.muster.kit.Database;
import dev.muster.kit.trace.Tracing;

/**
 * What a dispatch loop works with.
 *
 * @param config settings
 * @param bootstrapServers the brokers, host:port list
 * @param database the dispatcher's schema
 * @param leases who owns which shard
 * @param metrics counts and gauges
 * @param tracing records what is done with each record
 * @param afterCommit run after each commit that left records in the outbox
 */
record DispatchParts(
    DispatcherConfig config,
    String bootstrapServers,
    Database database,
    ShardLeases leases,
    DispatcherMetrics metrics,
    Tracing tracing,
    Runnable afterCommit) {}
