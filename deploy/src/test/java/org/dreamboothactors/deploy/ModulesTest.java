package org.dreamboothactors.deploy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The table of who may depend on whom: storage, protocol, actors, deploy; diffusion and embedded know none of them,
 * toyworld knows diffusion, diffusion knows allreduce.
 */
class ModulesTest {
    private static final String ROOT = "org.dreamboothactors.";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.dreamboothactors");

    @ParameterizedTest
    @CsvSource({
        "allreduce, storage protocol diffusion toyworld actors deploy embedded",
        "storage, allreduce protocol diffusion toyworld actors deploy embedded",
        "protocol, allreduce diffusion toyworld actors deploy embedded",
        "diffusion, storage protocol toyworld actors deploy embedded",
        "toyworld, allreduce storage protocol actors deploy embedded",
        "embedded, allreduce storage protocol diffusion toyworld actors deploy",
        "actors, toyworld deploy embedded"
    })
    void dependsOnNoModuleAboveOrBesideIt(String module, String forbidden) {
        for (String other : forbidden.split(" ", -1)) {
            noClasses()
                    .that()
                    .resideInAPackage(ROOT + module + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(ROOT + other + "..")
                    .allowEmptyShould(true)
                    .check(CLASSES);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "allreduce, org.apache..",
        "allreduce, ai.djl..",
        "diffusion, org.apache.kafka..",
        "diffusion, org.apache.pekko..",
        "diffusion, io.minio..",
        "toyworld, org.apache.kafka..",
        "toyworld, org.apache.pekko..",
        "toyworld, io.minio..",
        "protocol, org.apache.pekko..",
        "protocol, ai.djl.."
    })
    void keepsOutLibrariesThatItsUsersMustNotNeed(String module, String library) {
        noClasses()
                .that()
                .resideInAPackage(ROOT + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .allowEmptyShould(true)
                .check(CLASSES);
    }
}
