/**
 * The whole platform on this machine: starts, watches, repairs and stops a broker, a database, the
 * services and two workers, each a process of its own. All it knows about a running stack lies in
 * {@code .muster/} of the current folder, so that any later command can take over.
 */
@NullMarked
package dev.muster.local;

import org.jspecify.annotations.NullMarked;
