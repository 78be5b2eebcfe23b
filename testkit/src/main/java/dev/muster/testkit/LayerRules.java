package dev.muster.testkit;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * The rules of the layers, one constant each. A service's ArchitectureTest lists those that it
 * holds:
 *
 * <pre>{@code
 * @AnalyzeClasses(packages = "dev.muster.planner", importOptions = DoNotIncludeTests.class)
 * class ArchitectureTest {
 *   @ArchTest static final ArchTests rules = ArchTests.in(LayerRules.class);
 * }
 * }</pre>
 */
public final class LayerRules {
  private LayerRules() {}

  private static final List<String> SERVICES =
      List.of("gateway", "planner", "dispatcher", "agent", "aggregator");

  private static final DescribedPredicate<JavaClass> CORE =
      resideOutsideOfPackages("dev.muster..shell..", "dev.muster.kit..", "dev.muster.testkit..")
          .and(resideInAnyPackage("dev.muster.."))
          .as("core");

  /** The core decides; it knows the JDK, the contracts and itself. */
  @ArchTest
  public static final ArchRule coreKnowsOnlyJdkAndContracts =
      classes()
          .that(CORE)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("java..", "dev.muster..", "org.jspecify..")
                  .and(
                      resideOutsideOfPackages("java.sql..", "java.net.http..", "dev.muster.kit..")))
          .allowEmptyShould(true);

  /** Shell code may use the core, never the other way round. */
  @ArchTest
  public static final ArchRule coreKnowsNoShell =
      noClasses()
          .that(CORE)
          .should()
          .dependOnClassesThat(resideInAnyPackage("dev.muster..shell.."))
          .allowEmptyShould(true);

  /** Time, ids and randomness come in as arguments, so that a decision can be repeated. */
  @ArchTest
  public static final ArchRule coreIsDeterministic =
      noClasses()
          .that(CORE)
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(UUID.class, "randomUUID")
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .callConstructor(Random.class)
          .allowEmptyShould(true);

  /** What the core holds does not change under it. */
  @ArchTest
  public static final ArchRule coreFieldsAreFinal =
      fields().that().areDeclaredInClassesThat(CORE).should().beFinal().allowEmptyShould(true);

  /** Services meet on topics only. */
  @ArchTest
  public static final ArchRule servicesDoNotKnowEachOther =
      classes().should(new KnowNoOtherService()).allowEmptyShould(true);

  /** Packages form no cycles. */
  @ArchTest
  public static final ArchRule packagesFormNoCycles =
      slices().matching("dev.muster.*.(**)").should().beFreeOfCycles().allowEmptyShould(true);

  /** Fakes are written by hand. */
  @ArchTest
  public static final ArchRule noMockingLibrary =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.mockito..")
          .allowEmptyShould(true);

  private static final class KnowNoOtherService extends ArchCondition<JavaClass> {
    KnowNoOtherService() {
      super("know no other service");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
      String own = serviceOf(type);
      type.getDirectDependenciesFromSelf().stream()
          .filter(d -> !serviceOf(d.getTargetClass()).isEmpty())
          .filter(d -> !serviceOf(d.getTargetClass()).equals(own))
          .forEach(d -> events.add(SimpleConditionEvent.violated(d, d.getDescription())));
    }

    private static String serviceOf(JavaClass type) {
      String[] parts = type.getPackageName().split("\\.");
      return parts.length > 2 && SERVICES.contains(parts[2]) ? parts[2] : "";
    }
  }
}
