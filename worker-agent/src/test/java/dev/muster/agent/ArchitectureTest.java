package dev.muster.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.muster.testkit.LayerRules;

@AnalyzeClasses(packages = "dev.muster.agent", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule coreKnowsOnlyJdkAndContracts = LayerRules.coreKnowsOnlyJdkAndContracts;

  @ArchTest static final ArchRule coreKnowsNoShell = LayerRules.coreKnowsNoShell;
  @ArchTest static final ArchRule coreIsDeterministic = LayerRules.coreIsDeterministic;

  /** The output package turns streams of bytes into text and must remember what was cut apart. */
  @ArchTest
  static final ArchRule decidingFieldsAreFinal =
      fields()
          .that()
          .areDeclaredInClassesThat()
          .resideInAnyPackage("..attempt..", "..device..")
          .should()
          .beFinal();

  @ArchTest
  static final ArchRule servicesDoNotKnowEachOther = LayerRules.servicesDoNotKnowEachOther;

  @ArchTest static final ArchRule packagesFormNoCycles = LayerRules.packagesFormNoCycles;
  @ArchTest static final ArchRule noMockingLibrary = LayerRules.noMockingLibrary;
}
