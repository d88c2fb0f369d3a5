package org.dreamboothactors.deploy.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.local.DataDirectory;

/**
 * The data directory of demos. A mark in it tells it from those of services and from people's own folders: only what has
 * one is ever emptied.
 *
 * @param folder need not be there
 * @param usual the one that demos use unless another is named; those of earlier versions put no mark into it
 */
public record DemoFolder(Path folder, Path usual) {
    private static final String MARK = ".demo";
    /** Of one that a service took over, which may be the usual one. */
    private static final String SERVICE = ".service";

    public DemoFolder {
        folder = folder.toAbsolutePath().normalize();
        usual = usual.toAbsolutePath().normalize();
    }

    /** Takes it with what is in it, and marks one that is new, empty or the usual one. */
    public DataDirectory take() {
        DataDirectory data = DataDirectory.take(folder);
        try {
            if (isOfDemos()) {
                Files.write(folder.resolve(MARK), new byte[0]);
            }
            return data;
        } catch (IOException e) {
            throw closed(data, new UncheckedIOException("Cannot write to " + folder + ": " + e, e));
        } catch (RuntimeException e) {
            throw closed(data, e);
        }
    }

    /** Takes it and deletes what earlier demos kept there; refuses a folder that holds something and is not marked. */
    public DataDirectory takeEmptied() {
        refuseOthers(); // first, so that no lock is left in a folder that is not ours
        DataDirectory data = take();
        try {
            refuseOthers(); // again, now that nobody else can begin to use it
            data.empty();
            return data;
        } catch (RuntimeException e) {
            throw closed(data, e);
        }
    }

    /** From now on it is the data directory of a service that stays, and no demo empties it. */
    public static void leaveTo(DataDirectory service) {
        try {
            Files.write(service.root().resolve(SERVICE), new byte[0]);
            Files.deleteIfExists(service.root().resolve(MARK));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write to " + service.root() + ": " + e, e);
        }
    }

    private void refuseOthers() {
        if (!isOfDemos()) {
            throw new UsageException("Cannot use --fresh: " + folder + " holds files and no " + MARK
                    + ", expected a data directory that a demo began with. It may be a service's or a folder of your own:"
                    + " name another --data-dir, or delete it yourself");
        }
    }

    private boolean isOfDemos() {
        if (Files.exists(folder.resolve(SERVICE))) {
            return false;
        }
        if (folder.equals(usual) || Files.exists(folder.resolve(MARK)) || !Files.isDirectory(folder)) {
            return true;
        }
        try (Stream<Path> content = Files.list(folder)) {
            return content.allMatch(file -> file.endsWith(DataDirectory.LOCK)); // as taking it made it
        } catch (IOException e) {
            throw new UsageException("Cannot use " + folder + ": " + e + ", expected a folder that can be read", e);
        }
    }

    private static RuntimeException closed(DataDirectory data, RuntimeException cause) {
        data.close();
        return cause;
    }
}
