/** HTTP: resources, the reading of bodies and queries, problems, filters. No rule lives here. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.http;
