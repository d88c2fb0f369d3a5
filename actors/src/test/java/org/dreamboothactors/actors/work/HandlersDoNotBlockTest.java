package org.dreamboothactors.actors.work;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.storage.ArtifactStore;
import org.junit.jupiter.api.Test;

/**
 * No actor waits, neither itself nor through our classes that it calls.
 *
 * <p>Follows the calls from every method of a behaviour that others can call, but not into a lambda of a method that
 * hands work to another thread: that lambda is taken for what runs there. Calls through an interface of ours are not
 * followed: it is a port, and says for itself whether it waits.
 */
class HandlersDoNotBlockTest {
    private static final String OURS = "org.dreamboothactors.actors";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(OURS);

    @Test
    void noActorBlocksItsThread() {
        List<JavaClass> actors =
                CLASSES.stream().filter(HandlersDoNotBlockTest::isActor).toList();

        assertThat(actors).extracting(JavaClass::getName).contains(QueueActor.class.getName());
        assertThat(actors).flatExtracting(HandlersDoNotBlockTest::blockingCalls).isEmpty();
    }

    @Test
    void aCallIsFoundThroughAHelper() {
        JavaClasses examples =
                new ClassFileImporter().importClasses(BlockingExample.class, BlockingExample.Helper.class);

        assertThat(blockingCalls(examples.get(BlockingExample.class)))
                .anyMatch(path -> path.contains("Helper.waits") && path.contains("Thread.sleep"))
                .anyMatch(path -> path.contains("BlockingExample.direct") && path.contains("CompletableFuture.join"))
                .noneMatch(path -> path.contains("elsewhere"));
    }

    private static boolean isActor(JavaClass type) {
        return type.isAssignableTo(AbstractMatchingBehavior.class) || type.isAssignableTo(AbstractBehavior.class);
    }

    private static List<String> blockingCalls(JavaClass actor) {
        List<String> found = new ArrayList<>();
        Set<JavaCodeUnit> seen = new HashSet<>();
        actor.getCodeUnits().stream()
                .filter(method -> !method.getModifiers().contains(JavaModifier.PRIVATE))
                .forEach(method -> follow(method, name(method), seen, found));
        return found;
    }

    private static void follow(JavaCodeUnit method, String path, Set<JavaCodeUnit> seen, List<String> found) {
        if (!seen.add(method)) {
            return;
        }
        boolean handsOver = method.getMethodCallsFromSelf().stream().anyMatch(HandlersDoNotBlockTest::handsOver);
        for (JavaAccess<?> call : method.getCallsFromSelf()) {
            if (handsOver && call.isDeclaredInLambda()) {
                continue;
            }
            if (call instanceof JavaMethodCall called && blocks(called)) {
                found.add(path + " -> " + called.getTargetOwner().getSimpleName() + "." + called.getName());
            } else if (call.getTargetOwner().getName().startsWith(OURS)) {
                call.getTarget().resolveMember().stream()
                        .filter(JavaCodeUnit.class::isInstance)
                        .map(JavaCodeUnit.class::cast)
                        .forEach(next -> follow(next, path + " -> " + name(next), seen, found));
            }
        }
    }

    private static String name(JavaCodeUnit method) {
        return method.getOwner().getSimpleName() + "." + method.getName();
    }

    private static boolean handsOver(JavaMethodCall call) {
        JavaClass owner = call.getTargetOwner();
        return (owner.isAssignableTo(CompletableFuture.class) && call.getName().endsWith("Async"))
                || (owner.isAssignableTo(Executor.class)
                        && Set.of("execute", "submit").contains(call.getName()))
                || (owner.getName().startsWith("java.lang.Thread")
                        && call.getName().startsWith("start"));
    }

    private static boolean blocks(JavaMethodCall call) {
        JavaClass owner = call.getTargetOwner();
        String name = call.getName();
        return (owner.isEquivalentTo(Thread.class) && Set.of("sleep", "join").contains(name))
                || (owner.isEquivalentTo(Object.class) && name.equals("wait"))
                || (owner.isAssignableTo(Process.class) && name.equals("waitFor"))
                || (owner.isAssignableTo(Future.class) && Set.of("get", "join").contains(name))
                || (owner.isAssignableTo(CountDownLatch.class) && name.equals("await"))
                || (owner.isAssignableTo(Semaphore.class) && (name.equals("acquire") || name.equals("tryAcquire")))
                || (owner.isAssignableTo(ExecutorService.class)
                        && (name.equals("awaitTermination") || name.startsWith("invoke") || name.equals("close")))
                || (owner.isAssignableTo(ArtifactStore.class) && !name.equals("bucket"))
                || owner.isAssignableTo(Consumer.class)
                || owner.isAssignableTo(ShareConsumer.class)
                || owner.isAssignableTo(Producer.class)
                || owner.isAssignableTo(Admin.class)
                || (owner.isAssignableTo(Device.Turn.class)
                        && Set.of("ask", "warmUp").contains(name))
                || (owner.isAssignableTo(Device.class) && name.equals("takeTurn"))
                || (owner.isAssignableTo(Facts.class) && name.equals("tell"));
    }
}
