/** The loop on a real broker and a real database. */
@org.jspecify.annotations.NullMarked
package dev.muster.dispatcher.shell;
