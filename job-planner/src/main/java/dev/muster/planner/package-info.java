/**
 * The job planner turns a submitted job into tasks. It owns the schema {@code planner}: one row per
 * job that it plans or planned, and the listed items that came before their job did. What it says
 * goes to {@code muster.task.plans}; what a job becomes afterwards is no business of it.
 */
@NullMarked
package dev.muster.planner;

import org.jspecify.annotations.NullMarked;
