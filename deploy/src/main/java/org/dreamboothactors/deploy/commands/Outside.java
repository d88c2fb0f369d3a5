package org.dreamboothactors.deploy.commands;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;
import org.dreamboothactors.deploy.local.Connection;
import org.dreamboothactors.deploy.local.Places;
import org.dreamboothactors.deploy.local.StopSignal;
import org.dreamboothactors.deploy.progress.Screen;
import org.dreamboothactors.deploy.remote.ClientRemote;
import org.dreamboothactors.deploy.remote.Remote;
import org.dreamboothactors.deploy.settings.SettingsOptions;
import org.slf4j.LoggerFactory;

/**
 * What a command takes from the world around it.
 *
 * @param connector reaches a service
 * @param signals begins to hear stop signals; a command that does not is ended by them
 * @param kind how the output is looked at
 */
record Outside(
        Remote.Connector connector,
        Supplier<StopSignal> signals,
        InstantSource clock,
        Map<String, String> environment,
        Screen.Kind kind) {
    Outside {
        environment = Map.copyOf(environment);
    }

    static Outside ofThisProcess() {
        return new Outside(
                ClientRemote::to,
                StopSignal::ofThisProcess,
                InstantSource.system(),
                System.getenv(),
                Screen.Kind.ofThisProcess());
    }

    /** Where the service is. From here on the Kafka client keeps its warnings to itself: the command says what is wrong. */
    Connection find(SettingsOptions options) {
        ((Logger) LoggerFactory.getLogger("org.apache.kafka")).setLevel(Level.ERROR);
        return new Places(options.read(environment)).connection();
    }

    Remote reach(SettingsOptions options) {
        return connector.to(find(options));
    }

    Screen screen(PrintWriter out) {
        return new Screen(out, kind, clock);
    }
}
