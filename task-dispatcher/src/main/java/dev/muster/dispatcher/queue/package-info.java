/**
 * The order in which jobs get their turn, pure: priority first, then the tenant that holds least,
 * then the job that is due first. A job without a deadline is due a day after its acceptance. Equal
 * requests form a class; when one of a class finds no place, the whole class is passed over for the
 * rest of the pass, and smaller work behind it goes on (backfill).
 */
@org.jspecify.annotations.NullMarked
package dev.muster.dispatcher.queue;
