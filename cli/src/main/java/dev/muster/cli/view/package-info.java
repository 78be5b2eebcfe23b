/**
 * What answers look like: JSON documents, tables, YAML, progress lines, server-sent events. Pure:
 * no network, no files, no clock.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.cli.view;
