package dev.muster.dispatcher.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.testkit.Seeds;
import org.junit.jupiter.api.Test;

/** One seed is one run: plans, cancellations, deaths, freezes, lost, late and doubled messages. */
class PoolSimulationTest {
  @Test
  void everyTaskEndsExactlyOnceUnderEveryFault() {
    long[] bites = new long[3];
    Seeds.forEach(
        150,
        random -> {
          Simulation simulation = new Simulation(random);
          simulation.run(400);
          simulation.calmDown();
          simulation.checkEnd();
          bites[0] += simulation.deaths();
          bites[1] += simulation.stale();
          bites[2] += simulation.crashes();
        });

    assertThat(bites).as("deaths, stale reports, crashes").doesNotContain(0);
  }
}
