/** All I/O of the client: HTTP, the event stream, job files, settings, the terminal. */
@org.jspecify.annotations.NullMarked
package dev.muster.cli.shell;
