/**
 * Which worker gets a waiting attempt, pure. Requirements are minimums (S2-15); nothing is ever
 * granted above what a worker has free.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.dispatcher.placement;
