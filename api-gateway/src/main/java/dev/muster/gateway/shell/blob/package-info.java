/**
 * Where bytes lie: the store with its two implementations, the rows that say whose they are, and
 * the collector of what nobody needs any more.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.blob;
