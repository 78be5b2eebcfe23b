/** Tests of how bodies are read. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.http;
