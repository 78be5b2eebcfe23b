/** The store on a real disk and a real database. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.blob;
