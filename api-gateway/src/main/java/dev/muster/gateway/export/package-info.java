/** Jobs as rows of a table, for spreadsheets: comma separated values as RFC 4180 has them. Pure. */
@org.jspecify.annotations.NullMarked
package dev.muster.gateway.export;
