/** Facts of one pool. */
@org.jspecify.annotations.NullMarked
package dev.muster.dispatcher.pool;
