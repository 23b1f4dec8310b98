package dev.orderwire.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  /** An import runs only downwards in this list. */
  private static final List<String> LAYERS =
      List.of(
          "cli",
          "demo",
          "ops",
          "gateway",
          "auth",
          "presence",
          "bus",
          "doctor",
          "upkeep",
          "capture",
          "tail",
          "changelog",
          "mysql",
          "view",
          "feed",
          "tls",
          "change",
          "lifecycle");

  private static final Set<String> VAGUE_NAMES =
      Set.of("util", "utils", "common", "helper", "helpers", "manager", "impl", "base", "misc");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.orderwire");

  @Test
  void everyPackageBelongsToALayerAndHasASpecificName() {
    assertThat(packages()).hasSizeGreaterThan(4);
    for (JavaPackage each : packages()) {
      List<String> parts = List.of(each.getName().split("\\.", -1));
      assertThat(LAYERS).contains(parts.get(2));
      assertThat(parts).doesNotContainAnyElementsOf(VAGUE_NAMES);
    }
  }

  @Test
  void importsRunDownwardsOnly() {
    for (int i = 1; i < LAYERS.size(); i++) {
      String[] above =
          LAYERS.subList(0, i).stream()
              .map(layer -> "dev.orderwire.%s..".formatted(layer))
              .toArray(String[]::new);
      noClasses()
          .that(resideInAPackage("dev.orderwire.%s..".formatted(LAYERS.get(i))))
          .should()
          .dependOnClassesThat(resideInAnyPackage(above))
          .allowEmptyShould(true)
          .check(CLASSES);
    }
  }

  @Test
  void noPackagesDependOnEachOtherInACircle() {
    slices().matching("dev.orderwire.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void everyPackageHasAPackageInfoAndIsNullMarked() {
    for (JavaPackage each : packages()) {
      assertThat(each.tryGetPackageInfo())
          .as("package-info of %s", each.getName())
          .hasValueSatisfying(info -> assertThat(info.isAnnotatedWith(NullMarked.class)).isTrue());
    }
  }

  /**
   * The gateway gets its data through the ports of {@code feed}, so that it can run without MySQL.
   */
  @Test
  void theGatewayDependsOnPortsOnly() {
    noClasses()
        .that(resideInAPackage("dev.orderwire.gateway.."))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "dev.orderwire.doctor..",
                "dev.orderwire.upkeep..",
                "dev.orderwire.capture..",
                "dev.orderwire.tail..",
                "dev.orderwire.changelog..",
                "dev.orderwire.mysql.."))
        .check(CLASSES);
  }

  /**
   * JDBC is for the packages below the gateway, the demo with its own MySQL, and the sql command.
   */
  @Test
  void onlyThePartsBelowTheGatewayAndTheSqlCommandSpeakJdbc() {
    noClasses()
        .that(
            not(
                resideInAnyPackage(
                    "dev.orderwire.doctor..",
                    "dev.orderwire.upkeep..",
                    "dev.orderwire.capture..",
                    "dev.orderwire.tail..",
                    "dev.orderwire.changelog..",
                    "dev.orderwire.mysql..",
                    "dev.orderwire.demo..")))
        .and(not(nameMatching("dev\\.orderwire\\.cli\\.(SqlCommand|ResultTable)")))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "java.sql..", "javax.sql..", "com.zaxxer..", "com.mysql..", "com.github.shyiko.."))
        .check(CLASSES);
  }

  @Test
  void onlyTheGatewayKnowsNetty() {
    noClasses()
        .that(not(resideInAPackage("dev.orderwire.gateway..")))
        .should()
        .dependOnClassesThat(resideInAPackage("io.netty.."))
        .check(CLASSES);
  }

  @Test
  void onlyAuthKnowsTheLibraryForTokens() {
    noClasses()
        .that(not(resideInAPackage("dev.orderwire.auth")))
        .should()
        .dependOnClassesThat(resideInAPackage("com.nimbusds.."))
        .check(CLASSES);
  }

  /** Who a client is does not depend on how it connects, nor on what it asks for. */
  @Test
  void authenticationDependsOnTheValuesOnly() {
    noClasses()
        .that(resideInAPackage("dev.orderwire.auth"))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "dev.orderwire.view..", "dev.orderwire.feed..", "dev.orderwire.mysql.."))
        .check(CLASSES);
  }

  private static List<JavaPackage> packages() {
    return CLASSES.stream().map(type -> type.getPackage()).distinct().toList();
  }
}
