/**
 * Builds result packages from what the platform knows of a job that has ended, signs them, keeps
 * them in the store.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.packaging;
