/** A pool with fake workers, a fake table store and every fault that the real ones have. */
@org.jspecify.annotations.NullMarked
package dev.muster.dispatcher.simulation;
