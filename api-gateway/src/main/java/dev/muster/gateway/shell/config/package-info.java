/** The gateway's settings and its own secret. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.config;
