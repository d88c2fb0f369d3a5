package org.dreamboothactors.campaign.sabotage;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import org.dreamboothactors.deploy.Main;

/**
 * The command line with a trainer for whom all attempts are alike.
 *
 * <p>Every question for a commit's attempt, in the classes that compare it, is answered with 0 while those classes are
 * loaded. The product has no switch for it.
 */
public final class WithoutAttempts extends ClassLoader {
    private static final String COMMIT = "org/dreamboothactors/storage/CommitLog$Commit";
    private static final String ATTEMPT = "attempt";

    private WithoutAttempts(ClassLoader parent) {
        super(parent);
    }

    /** Takes what {@link Main} takes. */
    public static void main(String[] args) throws ReflectiveOperationException {
        WithoutAttempts loader = new WithoutAttempts(Main.class.getClassLoader());
        Thread.currentThread().setContextClassLoader(loader);
        loader.start(Main.class.getName(), args);
    }

    /** Runs a program to its end, whose commits have no attempts. */
    public static void run(Class<?> program, String... args) throws ReflectiveOperationException {
        new WithoutAttempts(program.getClassLoader()).start(program.getName(), args);
    }

    private void start(String program, String... args) throws ReflectiveOperationException {
        try {
            loadClass(program).getMethod("main", String[].class).invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(program + " failed: " + e.getCause(), e);
        }
    }

    /** Our own classes are loaded anew, so that they see each other; those of libraries are the parent's. */
    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            if (!name.startsWith("org.dreamboothactors.")) {
                return super.loadClass(name, resolve);
            }
            try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (file == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = asksForAttempts(name) ? answered(file.readAllBytes()) : file.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    /** Those that compare; the log's own record of it stays true. */
    private static boolean asksForAttempts(String name) {
        return Arrays.asList("org.dreamboothactors.storage.CommitLog", "org.dreamboothactors.actors.trainer.TrainRuns")
                .contains(name);
    }

    private static byte[] answered(byte[] asking) {
        CodeTransform answer = (code, element) -> {
            if (element instanceof InvokeInstruction call
                    && call.owner().asInternalName().equals(COMMIT)
                    && call.name().equalsString(ATTEMPT)) {
                code.pop().iconst_0();
            } else {
                code.with(element);
            }
        };
        ClassFile files = ClassFile.of();
        return files.transformClass(files.parse(asking), ClassTransform.transformingMethodBodies(answer));
    }
}
