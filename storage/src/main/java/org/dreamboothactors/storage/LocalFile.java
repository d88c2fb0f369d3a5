package org.dreamboothactors.storage;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files of this machine, whose failures are told from those of the store. */
final class LocalFile {
    private LocalFile() {}

    static InputStream read(Path file) throws LocalFileException {
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw LocalFileException.reading(file, e);
        }
    }

    static void makeFolder(Path folder) throws LocalFileException {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw LocalFileException.writing(folder, e);
        }
    }

    static OutputStream write(Path file) throws LocalFileException {
        try {
            return new Output(file);
        } catch (IOException e) {
            throw LocalFileException.writing(file, e);
        }
    }

    /** Gives a finished file its name. */
    static void publish(Path finished, Path name) throws LocalFileException {
        try {
            Files.move(finished, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw LocalFileException.writing(name, e);
        }
    }

    private static final class Output extends FilterOutputStream {
        private final Path file;

        Output(Path file) throws IOException {
            super(Files.newOutputStream(file));
            this.file = file;
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws LocalFileException {
            try {
                out.write(bytes, from, count);
            } catch (IOException e) {
                throw LocalFileException.writing(file, e);
            }
        }

        @Override
        public void close() throws LocalFileException {
            try {
                out.close();
            } catch (IOException e) {
                throw LocalFileException.writing(file, e);
            }
        }
    }
}
