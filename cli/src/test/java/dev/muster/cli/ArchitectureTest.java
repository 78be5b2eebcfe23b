package dev.muster.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What may depend on what; the rules that keep the client small and quick to start. */
@AnalyzeClasses(packages = "dev.muster.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule viewIsPure =
      classes()
          .that()
          .resideInAPackage("..view..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.muster.cli.view..",
              "java.lang..",
              "java.util..",
              "java.nio.charset..",
              "java.io..",
              "com.fasterxml.jackson.core..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule onlyTheShellTalksToNetworkAndFiles =
      noClasses()
          .that()
          .resideInAnyPackage("..command..", "..view..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net..", "java.nio.file..", "javax.net..");

  @ArchTest
  static final ArchRule whatIsSlowToStartStaysOut =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.net.http..", "com.fasterxml.jackson.databind..", "io.quarkus..");

  @ArchTest
  static final ArchRule onlyOneClassKnowsTheYamlReader =
      noClasses()
          .that()
          .doNotHaveSimpleName("YamlJobFile")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.yaml..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.muster.cli.(*)..").should().beFreeOfCycles();
}
