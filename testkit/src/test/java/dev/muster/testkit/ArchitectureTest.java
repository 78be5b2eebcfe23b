package dev.muster.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Random;

/** What the tests of all modules stand on stands on none of them. */
@AnalyzeClasses(
    packages = "dev.muster.testkit",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule knowsTheStackAndNoService =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.muster.gateway..",
              "dev.muster.planner..",
              "dev.muster.dispatcher..",
              "dev.muster.agent..",
              "dev.muster.aggregator..",
              "dev.muster.kit..",
              "dev.muster.cli..",
              "dev.muster.local..");

  @ArchTest static final ArchRule noMockingLibrary = LayerRules.noMockingLibrary;

  @ArchTest
  static final ArchRule containersAreKnownInOnePlace =
      noClasses()
          .that()
          .haveNameNotMatching(".*InfrastructureChoice.*")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.testcontainers..");

  /** A test that fails can be repeated only when its seed is known. */
  @ArchTest
  static final ArchRule randomnessComesFromSeeds =
      noClasses()
          .that()
          .doNotHaveSimpleName("LayerRules")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Random.class);
}
