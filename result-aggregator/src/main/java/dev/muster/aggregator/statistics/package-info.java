/** What a tenant's jobs came to, day by day; sums that batches add their deltas to. Pure. */
@org.jspecify.annotations.NullMarked
package dev.muster.aggregator.statistics;
