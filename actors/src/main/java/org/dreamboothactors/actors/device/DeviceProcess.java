package org.dreamboothactors.actors.device;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;

/** A running child JVM. One thread talks to it; any thread may kill it. */
record DeviceProcess(Talk talk, long pid) {

    static DeviceProcess start(ChildJvm jvm) {
        Child child = new Child(jvm.start());
        return new DeviceProcess(
                Talk.with(jvm.device().toString(), child), child.process().pid());
    }

    private record Child(Process process) implements Talk.Peer {
        @Override
        public InputStream in() {
            return process.getInputStream();
        }

        @Override
        public OutputStream out() {
            return process.getOutputStream();
        }

        @Override
        public boolean isAlive() {
            return process.isAlive();
        }

        @Override
        public void end() {
            process.destroyForcibly();
        }

        @Override
        public String ending() throws InterruptedException {
            return process.waitFor(1, TimeUnit.SECONDS) ? "it ended with " + process.exitValue() : "it closed its pipe";
        }
    }
}
