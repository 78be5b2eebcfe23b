/**
 * A job as users know it: what was submitted, its canonical states (K-01), its numbered public
 * events.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.contracts.job;
