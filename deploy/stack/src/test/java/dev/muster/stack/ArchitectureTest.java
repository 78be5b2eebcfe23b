package dev.muster.stack;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rules of this module; testkit's LayerRules are out of reach, since testkit stands on it. */
@AnalyzeClasses(packages = "dev.muster.stack", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule knowsBrokerAndDatabaseAndNoService =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "dev.muster.stack..",
              "dev.muster.contracts..",
              "kafka..",
              "org.apache.kafka..",
              "org.apache.commons..",
              "org.flywaydb..",
              "org.postgresql..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule onlyTheBrokersOwnProcessEndsItself =
      noClasses()
          .that()
          .doNotHaveSimpleName("Broker")
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class);

  @ArchTest
  static final ArchRule onlyTheBrokersProcessHoldsABroker =
      noClasses()
          .that()
          .doNotHaveSimpleName("Broker")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("kafka..");

  @ArchTest
  static final ArchRule onlySchemasSpeaksSql =
      noClasses()
          .that()
          .doNotHaveSimpleName("Schemas")
          .and()
          .doNotHaveSimpleName("LocalPostgres")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.sql.Connection");
}
