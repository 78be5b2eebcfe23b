/** What runs the gateway: configuration, wiring, start and stop, metrics and health. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell;
