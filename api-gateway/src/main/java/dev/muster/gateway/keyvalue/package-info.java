/** Small JSON documents of a project, and under which conditions they change; pure. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.keyvalue;
