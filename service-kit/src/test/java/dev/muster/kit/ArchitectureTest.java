package dev.muster.kit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.muster", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule contractsKnowNoShell =
      noClasses()
          .that()
          .resideInAPackage("dev.muster.contracts..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.muster.kit..", "io..", "org.apache..", "jakarta..");

  @ArchTest
  static final ArchRule theDatabaseIsTouchedWhereItsNameSaysSo =
      noClasses()
          .that()
          .doNotHaveSimpleName("Database")
          .and()
          .doNotHaveSimpleName("Tx")
          .and()
          .doNotHaveSimpleName("Statement")
          .and()
          .doNotHaveSimpleName("OutboxRelay")
          .and()
          .doNotHaveSimpleName("OutboxLag")
          .and()
          .doNotHaveSimpleName("PriceTable")
          .and()
          .doNotHaveSimpleName("Resender")
          .and()
          .resideInAPackage("dev.muster.kit")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vertx..");
}
