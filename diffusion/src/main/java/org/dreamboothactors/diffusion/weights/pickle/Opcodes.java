package org.dreamboothactors.diffusion.weights.pickle;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Names of opcodes for messages, and the texts that follow opcodes. */
final class Opcodes {
    private static final int LONGEST_SHOWN = 100;
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry((int) 'c', "GLOBAL"),
            Map.entry(0x93, "STACK_GLOBAL"),
            Map.entry((int) 'i', "INST"),
            Map.entry((int) 'o', "OBJ"),
            Map.entry(0x81, "NEWOBJ"),
            Map.entry(0x92, "NEWOBJ_EX"),
            Map.entry((int) 'R', "REDUCE"),
            Map.entry((int) 'b', "BUILD"),
            Map.entry(0x82, "EXT1"),
            Map.entry(0x83, "EXT2"),
            Map.entry(0x84, "EXT4"),
            Map.entry((int) 'P', "PERSID"),
            Map.entry((int) 'Q', "BINPERSID"),
            Map.entry((int) 's', "SETITEM"),
            Map.entry((int) 'u', "SETITEMS"),
            Map.entry((int) 'a', "APPEND"),
            Map.entry((int) 'e', "APPENDS"),
            Map.entry((int) 'h', "BINGET"),
            Map.entry((int) 'j', "LONG_BINGET"),
            Map.entry(0x8a, "LONG1"),
            Map.entry(0x80, "PROTO"),
            Map.entry((int) '.', "STOP"));

    private Opcodes() {}

    static String name(int opcode) {
        return NAMES.getOrDefault(opcode, String.format("0x%02x", opcode));
    }

    static String text(ByteBuffer in, int length) {
        return decoded(in, length, StandardCharsets.UTF_8);
    }

    static String latin(ByteBuffer in, int length) {
        return decoded(in, length, StandardCharsets.ISO_8859_1);
    }

    /** Up to the end of the line, which is dropped. */
    static String line(ByteBuffer in) {
        int length = 0;
        while (in.position() + length < in.limit() && in.get(in.position() + length) != '\n') {
            length++;
        }
        String line = decoded(in, length, StandardCharsets.UTF_8);
        in.get(); // the end of the line
        return line;
    }

    private static String decoded(ByteBuffer in, int length, Charset charset) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, charset);
    }

    /** A name from a file, fit for a message. */
    static String shown(String name) {
        String shown = name.length() <= LONGEST_SHOWN ? name : name.substring(0, LONGEST_SHOWN) + "...";
        return shown.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
