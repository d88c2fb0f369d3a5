package org.dreamboothactors.actors.board;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.util.ByteString;
import org.dreamboothactors.storage.Sha256;

/** The files of the page, read once from the class path. What is not named here is not served. */
final class Assets {
    private static final String FOLDER = "/dashboard/";
    private static final List<String> FILES = List.of(
            "index.html",
            "style.css",
            "run.css",
            "icon.svg",
            "app.js",
            "stream.js",
            "store.js",
            "dom.js",
            "format.js",
            "overview.js",
            "runs.js",
            "topics.js",
            "actors.js",
            "run.js",
            "judge.js",
            "ranks.js",
            "charts.js",
            "pictures.js",
            "checkpoints.js",
            "vendor/uPlot.iife.min.js",
            "vendor/uPlot.min.css");

    private final Map<String, Asset> assets = new HashMap<>();

    /** @param sha256 of the content, its version */
    record Asset(ContentType type, ByteString content, String sha256) {}

    Assets() {
        for (String file : FILES) {
            byte[] content = read(file);
            assets.put("/" + file, new Asset(type(file), ByteString.fromArray(content), Sha256.of(content)));
        }
    }

    /** The file at a path; {@code /} is the page. */
    Optional<Asset> at(String path) {
        return Optional.ofNullable(assets.get(path.equals("/") ? "/index.html" : path));
    }

    private static byte[] read(String file) {
        try (InputStream in = Assets.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new IllegalStateException("Cannot serve the dashboard: the program lacks " + FOLDER + file
                        + ", expected it beside its classes. Build it again");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + FOLDER + file, e);
        }
    }

    private static ContentType type(String file) {
        return switch (file.substring(file.lastIndexOf('.') + 1)) {
            case "html" -> ContentTypes.TEXT_HTML_UTF8;
            case "css" -> ContentTypes.parse("text/css; charset=UTF-8");
            case "js" -> ContentTypes.parse("text/javascript; charset=UTF-8");
            case "svg" -> ContentTypes.parse("image/svg+xml");
            default -> throw new IllegalStateException("Cannot serve " + file + ": its type is not known");
        };
    }
}
