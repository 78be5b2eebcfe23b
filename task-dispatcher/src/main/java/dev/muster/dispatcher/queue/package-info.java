/**
 * The order in which jobs get their turn, pure: priority first, then the tenant that holds least,
 * then the oldest job. Equal requests form a class; when one of a class finds no place, the whole
 * class is passed over for the rest of the pass, and smaller work behind it goes on (backfill).
 */
@org.jspecify.annotations.NullMarked
package dev.muster.dispatcher.queue;
