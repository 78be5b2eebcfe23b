/** Views as JSON. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.json;
