/** Tests of the gateway's shell on a real broker and a real database. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell;
