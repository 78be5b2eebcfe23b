/**
 * Stored bytes as rules: digests, ids, names and ranges. Nothing here touches a disk or a network.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.blob;
