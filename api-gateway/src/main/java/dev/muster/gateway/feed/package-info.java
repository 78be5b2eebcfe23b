/**
 * Where a reader stands in the numbered events of all jobs of a tenant. Pure: which transactions it
 * has seen, and how that is written into the cursor of a stream.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.feed;
