/** Checked identifiers: each is a record of one validated value. */
@org.jspecify.annotations.NullMarked
package dev.muster.contracts.id;
