/** Who is calling: tenants and API keys in the database, and the filter that asks for them. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.auth;
