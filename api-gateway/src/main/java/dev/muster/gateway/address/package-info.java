/** Whose connection it is: the client's address, also behind proxies that are trusted. Pure. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.address;
