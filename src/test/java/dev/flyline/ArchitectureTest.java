package dev.flyline;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The map of the packages as rules: which may know which, and where each outside library lives.
 *
 * <p>A new package is added to {@link #LAYERS} first; {@link #everyClassHasALayer} says so.
 */
@AnalyzeClasses(packages = "dev.flyline", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  private static final String ENTRY = "dev.flyline.cli..";
  private static final String WIRING = "dev.flyline.server..";
  private static final String FEATURE = "dev.flyline.[ingest|stream]..";
  private static final String CORE = "dev.flyline.[feed|replica|peer|bus|lane|cluster|auth|web]..";
  private static final String BASE = "dev.flyline.[log|filter|config|metrics]..";
  private static final String[] LAYERS = {ENTRY, WIRING, FEATURE, CORE, BASE};

  @ArchTest
  static final ArchRule everyClassHasALayer = classes().should().resideInAnyPackage(LAYERS);

  @ArchTest
  static final ArchRule layersPointDown =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("entry")
          .definedBy(ENTRY)
          .layer("wiring")
          .definedBy(WIRING)
          .layer("feature")
          .definedBy(FEATURE)
          .layer("core")
          .definedBy(CORE)
          .layer("base")
          .definedBy(BASE)
          .whereLayer("entry")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("wiring")
          .mayOnlyBeAccessedByLayers("entry")
          .whereLayer("feature")
          .mayOnlyBeAccessedByLayers("wiring")
          .whereLayer("core")
          .mayOnlyBeAccessedByLayers("entry", "wiring", "feature");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.flyline.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule featuresDoNotMeet =
      slices().matching("dev.flyline.(ingest|stream)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule transportsDoNotMeet =
      slices()
          .matching("dev.flyline.stream.(*)..")
          .should()
          .notDependOnEachOther()
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule streamKnowsNoTransport =
      noClasses()
          .that()
          .resideInAPackage("dev.flyline.stream")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.flyline.stream.*..")
          .allowEmptyShould(true);

  @ArchTest static final ArchRule authStandsAlone = knowsOfCoreOnly("auth");
  @ArchTest static final ArchRule busStandsAlone = knowsOfCoreOnly("bus");
  @ArchTest static final ArchRule laneStandsAlone = knowsOfCoreOnly("lane");
  @ArchTest static final ArchRule clusterKnowsTheLanes = knowsOfCoreOnly("cluster", "lane");
  @ArchTest static final ArchRule feedKnowsBusAndLanes = knowsOfCoreOnly("feed", "bus", "lane");

  @ArchTest
  static final ArchRule replicaKnowsFeedAndBus = knowsOfCoreOnly("replica", "feed", "bus");

  @ArchTest
  static final ArchRule peerKnowsWhatGoesBetweenRouters =
      knowsOfCoreOnly("peer", "replica", "bus", "cluster", "lane");

  /** The NATS side knows nothing of replicas, viewers or other routers. */
  @ArchTest static final ArchRule natsKnowsTheLanes = knowsOfCoreOnly("ingest.nats", "lane");

  @ArchTest static final ArchRule webKnowsAuth = knowsOfCoreOnly("web", "auth");

  @ArchTest static final ArchRule logStandsAlone = knowsOfBaseOnly("log");
  @ArchTest static final ArchRule filterKnowsTheLog = knowsOfBaseOnly("filter", "log");
  @ArchTest static final ArchRule configStandsAlone = knowsOfBaseOnly("config");
  @ArchTest static final ArchRule metricsStandAlone = knowsOfBaseOnly("metrics");

  @ArchTest
  static final ArchRule logUsesPlainJavaAndBuffer =
      noClasses()
          .that()
          .resideInAPackage("dev.flyline.log..")
          .should()
          .dependOnClassesThat(
              not(resideInAnyPackage("java..", "org.jspecify..", "dev.flyline.log.."))
                  .and(not(type(Buffer.class))))
          .allowEmptyShould(true);

  /** The generator of {@code flyline generate} publishes; all else that speaks NATS reads. */
  @ArchTest static final ArchRule natsLivesInIngest = hasOneHome("io.nats..", "ingest.nats", "cli");

  @ArchTest
  static final ArchRule internalsOfVertxLiveInLane = hasOneHome("io.vertx.core.internal..", "lane");

  @ArchTest
  static final ArchRule hazelcastLivesInCluster = hasOneHome("com.hazelcast..", "cluster");

  @ArchTest
  static final ArchRule vertxHazelcastLivesInCluster =
      hasOneHome("io.vertx.spi.cluster..", "cluster");

  @ArchTest static final ArchRule tokensLiveInAuth = hasOneHome("io.vertx.ext.auth..", "auth");

  @ArchTest
  static final ArchRule prometheusLivesInMetrics = hasOneHome("io.prometheus..", "metrics");

  @ArchTest
  static final ArchRule regularExpressionsOfOthersLiveInFilter =
      hasOneHome("com.google.re2j..", "filter");

  @ArchTest static final ArchRule picocliLivesInCli = hasOneHome("picocli..", "cli");

  @ArchTest
  static final ArchRule logbackIsConfiguredNotCalled =
      noClasses().should().dependOnClassesThat().resideInAPackage("ch.qos.logback..");

  @ArchTest
  static final ArchRule onlyCommandsEndTheProcess =
      noClasses()
          .that()
          .resideOutsideOfPackage(ENTRY)
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  @ArchTest
  static final ArchRule stateHasAnEventLoopNotALock =
      noClasses()
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.resideInAPackage("java.util.concurrent.locks..")
                  .and(DescribedPredicate.not(JavaClass.Predicates.type(LockSupport.class))))
          .orShould()
          .callMethod(Object.class, "wait")
          .orShould()
          .callMethod(Object.class, "notifyAll");

  /** It waits on the NATS client's own thread, holding nothing that anybody else wants. */
  @ArchTest
  static final ArchRule onlyTheReaderOfTheNatsClientWaits =
      noClasses()
          .that()
          .doNotHaveSimpleName("PacedPort")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(LockSupport.class);

  @ArchTest
  static final ArchRule noMethodIsSynchronized =
      noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED);

  @ArchTest
  static final ArchRule nobodySleeps =
      noClasses().should().callMethod(Thread.class, "sleep", long.class);

  @ArchTest
  static final ArchRule nothingStaticChanges = fields().that().areStatic().should().beFinal();

  @ArchTest
  static final ArchRule namesSayWhat =
      noClasses().should().haveNameMatching(".*(Manager|Helper|Utils?|Impl)");

  /** A nested type may share its name with another nested one: both are read with their owner's. */
  @ArchTest
  static void nameOfATopLevelType_isNoOtherTypes(JavaClasses all) {
    Map<String, Long> types =
        all.stream()
            .filter(type -> !type.getSimpleName().isEmpty() && !isPackageInfo(type))
            .collect(Collectors.groupingBy(JavaClass::getSimpleName, Collectors.counting()));
    assertThat(
            all.stream()
                .filter(type -> type.getEnclosingClass().isEmpty() && !isPackageInfo(type))
                .map(JavaClass::getSimpleName)
                .filter(name -> types.getOrDefault(name, 0L) > 1))
        .isEmpty();
  }

  private static boolean isPackageInfo(JavaClass type) {
    return type.getSimpleName().equals("package-info");
  }

  private static ArchRule knowsOfCoreOnly(String name, String... others) {
    return knowsOnly(CORE, name, others);
  }

  private static ArchRule knowsOfBaseOnly(String name, String... others) {
    return knowsOnly(BASE, name, others);
  }

  private static ArchRule knowsOnly(String layer, String name, String... others) {
    return noClasses()
        .that()
        .resideInAPackage("dev.flyline." + name + "..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(layer)
                .and(not(resideInAnyPackage("dev.flyline." + name + "..")))
                .and(not(resideInAnyPackage(packages(others)))))
        .allowEmptyShould(true);
  }

  private static ArchRule hasOneHome(String library, String... homes) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(packages(homes))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }

  private static String[] packages(String... names) {
    return Stream.of(names).map(name -> "dev.flyline." + name + "..").toArray(String[]::new);
  }
}
