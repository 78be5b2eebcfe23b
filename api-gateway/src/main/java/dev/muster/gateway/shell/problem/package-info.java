/** The one shape of every error the API answers with. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.shell.problem;
