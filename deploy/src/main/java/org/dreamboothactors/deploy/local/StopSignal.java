package org.dreamboothactors.deploy.local;

import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;

/**
 * Hears SIGINT, SIGTERM and the end of the terminal (SIGHUP, unless nohup keeps it away), so that the process ends in its own order and with its own exit code.
 *
 * <p>The second signal ends the process at once, but a terminal that closes, which says so twice: a shell does, and the
 * kernel after it.
 */
public final class StopSignal {
    private static final int SIGNALLED = 128;
    private static final int INT = 2;
    private static final int TERM = 15;

    private final CountDownLatch given = new CountDownLatch(1);

    /** One that is given by {@link #give} alone. */
    public StopSignal() {}

    /** From now on signals are heard here instead of ending the process. */
    public static StopSignal ofThisProcess() {
        StopSignal stop = new StopSignal();
        stop.listen("HUP", () -> {});
        stop.listen("INT", () -> Runtime.getRuntime().halt(SIGNALLED + INT));
        stop.listen("TERM", () -> Runtime.getRuntime().halt(SIGNALLED + TERM));
        return stop;
    }

    public boolean given() {
        return given.getCount() == 0;
    }

    /** As if a signal had come. */
    public void give() {
        given.countDown();
    }

    /** Waits until a signal comes. */
    public void await() {
        try {
            given.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** By reflection: javac warns of sun.misc.Signal and cannot be told that this is meant; Java has no other way. */
    private void listen(String name, Runnable again) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object heard = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (_, method, arguments) -> {
                        if (given()) {
                            again.run();
                        }
                        give();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), heard);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Cannot listen to SIG" + name + ": " + e, e);
        }
    }
}
