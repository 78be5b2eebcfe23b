package dev.muster.dispatcher;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.muster.testkit.LayerRules;

@AnalyzeClasses(
    packages = "dev.muster.dispatcher",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest static final ArchRule jdkAndContracts = LayerRules.coreKnowsOnlyJdkAndContracts;
  @ArchTest static final ArchRule noShell = LayerRules.coreKnowsNoShell;
  @ArchTest static final ArchRule deterministic = LayerRules.coreIsDeterministic;
  @ArchTest static final ArchRule others = LayerRules.servicesDoNotKnowEachOther;
  @ArchTest static final ArchRule cycles = LayerRules.packagesFormNoCycles;
  @ArchTest static final ArchRule mocks = LayerRules.noMockingLibrary;

  /** A pool's memory is one index that changes in place, owned by one thread; all else is final. */
  @ArchTest
  static final ArchRule coreFieldsAreFinalOutsideThePoolsMemory =
      fields()
          .that()
          .areDeclaredInClassesThat()
          .resideInAnyPackage(
              "dev.muster.dispatcher.task..",
              "dev.muster.dispatcher.placement..",
              "dev.muster.dispatcher.queue..",
              "dev.muster.dispatcher.worker..")
          .should()
          .beFinal();
}
