/** Archives of strangers, honest and hostile. */
@org.jspecify.annotations.NullMarked
package dev.muster.kit.archive;
