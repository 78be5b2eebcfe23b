/** The rows of a project's key-value store. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.keyvalue;
