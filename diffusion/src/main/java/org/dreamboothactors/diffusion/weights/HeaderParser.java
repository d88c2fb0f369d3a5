package org.dreamboothactors.diffusion.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The JSON of a safetensors header, read token by token: of what a stranger may write there, memory holds only what
 * tensors need. A tree of 100 MB takes gigabytes.
 */
final class HeaderParser implements AutoCloseable {
    /** A tensor has about 20, a model some thousand tensors. */
    private static final int MOST_TOKENS = 1_000_000;

    private static final int MOST_AXES = 8;
    private static final int LONGEST_SHOWN = 100;
    private static final String METADATA = "__metadata__";
    private static final JsonFactory JSON = new JsonFactory();

    private final Path file;
    private final JsonParser parser;
    private final SortedMap<String, Told> tensors = new TreeMap<>();
    private final SortedMap<String, String> metadata = new TreeMap<>();
    private int tokens;

    /** What the header says of a tensor, not checked against the file. */
    record Told(String dtype, List<Long> shape, List<Long> offsets) {
        /** The number at {@code index} of the offsets; -1 where there is none. */
        long offset(int index) {
            return index < offsets.size() ? offsets.get(index) : -1;
        }
    }

    /** Everything the header says. */
    record Content(SortedMap<String, Told> tensors, SortedMap<String, String> metadata) {}

    private HeaderParser(Path file, byte[] header) throws IOException {
        this.file = file;
        this.parser = JSON.createParser(header);
    }

    /** Throws {@link com.fasterxml.jackson.core.JsonProcessingException} for what is no JSON. */
    static Content parse(Path file, byte[] header) throws IOException {
        try (HeaderParser parser = new HeaderParser(file, header)) {
            return parser.content();
        }
    }

    private Content content() throws IOException {
        if (next() != JsonToken.START_OBJECT) {
            throw refused("its header is no object", "names and their tensors");
        }
        while (next() != JsonToken.END_OBJECT) {
            String name = name();
            JsonToken value = next();
            if (name.equals(METADATA)) {
                readMetadata(value);
            } else {
                tensors.put(name, tensor(name, value));
            }
        }
        return new Content(tensors, metadata);
    }

    private String name() throws IOException {
        String name = parser.currentName();
        if (name.length() > TensorSource.LONGEST_NAME) {
            throw refused(
                    "a tensor's name has " + name.length() + " characters, " + name.substring(0, LONGEST_SHOWN) + "...",
                    "at most " + TensorSource.LONGEST_NAME);
        }
        return name;
    }

    private void readMetadata(JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            skip(value);
            return;
        }
        while (next() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            JsonToken text = next();
            metadata.put(key, text.isScalarValue() ? parser.getText() : "");
            skip(text);
        }
    }

    private Told tensor(String name, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            throw refused(name + " is no object", "dtype, shape and data_offsets");
        }
        String dtype = "";
        List<Long> shape = List.of();
        List<Long> offsets = List.of();
        while (next() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            JsonToken content = next();
            switch (key) {
                case "dtype" -> {
                    dtype = content.isScalarValue() ? parser.getText() : "";
                    skip(content);
                }
                case "shape" -> shape = numbers(name, "shape", content);
                case "data_offsets" -> offsets = numbers(name, "data_offsets", content);
                default -> skip(content); // the format's own library reads over it too
            }
        }
        return new Told(dtype, shape, offsets);
    }

    /** Up to {@link #MOST_AXES} of them; -1 stands for what is no number. */
    private List<Long> numbers(String name, String key, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            throw refused(name + " has " + key + " that is no array", "small whole numbers");
        }
        List<Long> numbers = new ArrayList<>(2);
        while (next() != JsonToken.END_ARRAY) {
            if (numbers.size() == MOST_AXES || parser.currentToken().isStructStart()) {
                throw refused(name + " has " + key + " " + numbers + " and more", "small whole numbers, at most 8");
            }
            boolean small = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                    && parser.getNumberType() != NumberType.BIG_INTEGER;
            numbers.add(small ? parser.getLongValue() : -1);
        }
        return List.copyOf(numbers);
    }

    /** Goes on to the end of a value that is not wanted. */
    private void skip(JsonToken start) throws IOException {
        int depth = start.isStructStart() ? 1 : 0;
        while (depth > 0) {
            JsonToken token = next();
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        }
    }

    private JsonToken next() throws IOException {
        tokens++;
        if (tokens > MOST_TOKENS) {
            throw refused("its header has more than " + MOST_TOKENS + " values", "a table of tensors");
        }
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw refused("its header is no JSON (it ends too soon)", "a safetensors file");
        }
        return token;
    }

    private IllegalArgumentException refused(String what, String expected) {
        return SafetensorsHeader.refused(file, what, expected);
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
