/**
 * Archives of strangers: which entries may be unpacked, and an unpacking that cannot leave its
 * folder.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.kit.archive;
