/**
 * The shell code that every service shares: JSON and record codec, transactions, the outbox and its
 * relay. Plain classes without injection; each service makes and closes its own.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.kit;
