/**
 * Load drivers: they measure a running platform from outside, by its HTTP API and by what the
 * kernel says of its processes.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.benchmarks;
