/**
 * What use costs: prices and the exact arithmetic on them. Amounts are whole billionths of a US
 * dollar.
 */
@org.jspecify.annotations.NullMarked
package dev.muster.contracts.money;
