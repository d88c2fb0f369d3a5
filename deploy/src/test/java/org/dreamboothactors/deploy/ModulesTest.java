package org.dreamboothactors.deploy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.dreamboothactors.protocol.KafkaConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The table of who may depend on whom: storage, protocol, actors, deploy; diffusion and embedded know none of them,
 * toyworld knows diffusion, diffusion knows allreduce.
 */
class ModulesTest {
    private static final String ROOT = "org.dreamboothactors.";
    private static final Set<String> KAFKA_CLIENTS =
            Set.of(KafkaProducer.class.getName(), KafkaConsumer.class.getName(), KafkaShareConsumer.class.getName());
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

    @Test
    void whoMakesAKafkaClientBeginsWithThePropertiesOfTheConnection() {
        classes()
                .that(DescribedPredicate.describe("make Kafka clients", ModulesTest::makesKafkaClients))
                .and()
                .resideInAnyPackage(ROOT + "protocol..", ROOT + "actors..", ROOT + "deploy..")
                .should()
                .callMethod(KafkaConnection.class, "with", Map.class)
                .check(CLASSES);
    }

    private static boolean makesKafkaClients(JavaClass type) {
        return type.getConstructorCallsFromSelf().stream()
                        .anyMatch(call ->
                                KAFKA_CLIENTS.contains(call.getTargetOwner().getFullName()))
                || type.getMethodCallsFromSelf().stream()
                        .anyMatch(call -> call.getTargetOwner().isEquivalentTo(Admin.class)
                                && call.getName().equals("create"));
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
