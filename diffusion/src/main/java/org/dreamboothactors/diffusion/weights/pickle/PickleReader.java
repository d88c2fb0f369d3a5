package org.dreamboothactors.diffusion.weights.pickle;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Decimal;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Flag;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Items;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Name;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Nothing;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Storage;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Text;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Tuple;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Whole;

/**
 * The pickle machine of protocols 2 to 4 with nothing behind it: opcodes move data, and a call is one of the few that
 * {@link Calls} knows. The opcodes are those that PyTorch's own weights-only reader takes, and protocol 4's.
 */
final class PickleReader {
    /** A checkpoint with optimizer and averaged copies needs about 300,000, and keeps less than it pushes. */
    private static final int MOST_VALUES = 2_000_000;

    private static final int HIGHEST_PROTOCOL = 4;

    private final ByteBuffer in;
    private final Function<Tuple, Storage> storages;
    private final Deque<List<PickleValue>> outer = new ArrayDeque<>();
    private final Map<Integer, PickleValue> memo = new HashMap<>();
    private List<PickleValue> stack = new ArrayList<>();
    private int values;
    private int opcode;

    private PickleReader(byte[] pickle, Function<Tuple, Storage> storages) {
        this.in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
        this.storages = storages;
    }

    /**
     * What the pickle holds; throws {@link RefusedPickle} naming opcode and global.
     *
     * @param storages finds the numbers that a persistent id names
     */
    static PickleValue read(byte[] pickle, Function<Tuple, Storage> storages) {
        PickleReader reader = new PickleReader(pickle, storages);
        try {
            while (true) {
                reader.opcode = Byte.toUnsignedInt(reader.in.get());
                if (reader.opcode == '.') {
                    return reader.pop();
                }
                reader.step();
            }
        } catch (BufferUnderflowException e) {
            throw new RefusedPickle("its pickle ends after " + pickle.length + " bytes inside opcode "
                    + Opcodes.name(reader.opcode) + ", expected STOP. It may be cut short: fetch it again");
        }
    }

    private void step() {
        switch (opcode) {
            case 0x80 -> requireProtocol(Byte.toUnsignedInt(in.get()));
            case 0x95 -> in.getLong(); // FRAME: only tells how much follows
            case 'N' -> push(new Nothing());
            case 0x88 -> push(new Flag(true));
            case 0x89 -> push(new Flag(false));
            case 'K' -> push(new Whole(Byte.toUnsignedInt(in.get())));
            case 'M' -> push(new Whole(Short.toUnsignedInt(in.getShort())));
            case 'J' -> push(new Whole(in.getInt()));
            case 0x8a -> push(new Whole(longNumber(Byte.toUnsignedInt(in.get()))));
            case 'G' -> push(new Decimal(Double.longBitsToDouble(Long.reverseBytes(in.getLong()))));
            case 'X' -> push(new Text(Opcodes.text(in, in.getInt())));
            case 0x8c -> push(new Text(Opcodes.text(in, Byte.toUnsignedInt(in.get()))));
            case 'U' -> push(new Text(Opcodes.latin(in, Byte.toUnsignedInt(in.get()))));
            case '(' -> mark();
            case ')' -> push(new Tuple(List.of()));
            case 0x85 -> push(new Tuple(take(1)));
            case 0x86 -> push(new Tuple(take(2)));
            case 0x87 -> push(new Tuple(take(3)));
            case 't' -> push(new Tuple(toMark()));
            case ']' -> push(new Items(new ArrayList<>()));
            case '}' -> push(Containers.dict());
            case 'a' -> append(take(1));
            case 'e' -> append(toMark());
            case 's' -> putMarked(take(2));
            case 'u' -> putMarked(toMark());
            case 'q' -> keep(Byte.toUnsignedInt(in.get()));
            case 'r' -> keep(in.getInt());
            case 0x94 -> keep(memo.size());
            case 'h' -> recall(Byte.toUnsignedInt(in.get()));
            case 'j' -> recall(in.getInt());
            case 'c' -> global(Opcodes.line(in) + "." + Opcodes.line(in));
            case 0x93 -> namedGlobal(take(2));
            case 'Q' -> push(storage(pop()));
            case 'R' -> call(take(2));
            case 'b' -> build(pop());
            default -> throw refused("it is none that weights need");
        }
    }

    private void requireProtocol(int protocol) {
        if (protocol < 2 || protocol > HIGHEST_PROTOCOL) {
            throw refused("it begins protocol " + protocol + ", expected 2 to " + HIGHEST_PROTOCOL);
        }
    }

    private long longNumber(int bytes) {
        if (bytes > Long.BYTES) {
            throw refused("it gives a number of " + bytes + " bytes, expected at most " + Long.BYTES);
        }
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number |= Byte.toUnsignedLong(in.get()) << (Byte.SIZE * i);
        }
        int unused = Long.SIZE - Byte.SIZE * bytes;
        return bytes == 0 ? 0 : number << unused >> unused; // the highest bit given is the sign
    }

    private void namedGlobal(List<PickleValue> names) {
        if (!(names.get(0) instanceof Text(var module)) || !(names.get(1) instanceof Text(var name))) {
            throw refused("its global has no name");
        }
        global(module + "." + name);
    }

    private void global(String global) {
        if (!AllowedGlobals.allows(global)) {
            throw refused("it wants " + Opcodes.shown(global));
        }
        push(new Name(global));
    }

    private Storage storage(PickleValue id) {
        if (!(id instanceof Tuple tuple)) {
            throw refused("its persistent id is no tuple");
        }
        return storages.apply(tuple);
    }

    private void call(List<PickleValue> call) {
        if (!(call.get(0) instanceof Name(var global)) || !(call.get(1) instanceof Tuple(var arguments))) {
            throw refused("it calls what is no function");
        }
        push(Calls.of(global, arguments, this::count, this::refused));
    }

    /** The object stays on the stack; its state goes. */
    private void build(PickleValue state) {
        Calls.build(peek(), state, this::refused);
    }

    private void append(List<PickleValue> added) {
        if (!(peek() instanceof Items(var items))) {
            throw refused("it appends to what is no list");
        }
        items.addAll(added);
    }

    private void putMarked(List<PickleValue> pairs) {
        Containers.putAll(peek(), pairs, this::refused);
    }

    private void keep(int index) {
        count(); // one byte of the pickle each, and far more of memory
        memo.put(index, peek());
    }

    private void recall(int index) {
        PickleValue value = memo.get(index);
        if (value == null) {
            throw refused("it recalls " + index + ", which was never kept");
        }
        push(value);
    }

    private void mark() {
        count();
        outer.push(stack);
        stack = new ArrayList<>();
    }

    private List<PickleValue> toMark() {
        if (outer.isEmpty()) {
            throw refused("there is no mark");
        }
        List<PickleValue> items = stack;
        stack = outer.pop();
        return items;
    }

    private List<PickleValue> take(int count) {
        if (stack.size() < count) {
            throw refused("it takes " + count + " values where " + stack.size() + " are");
        }
        List<PickleValue> tail = stack.subList(stack.size() - count, stack.size());
        List<PickleValue> taken = List.copyOf(tail);
        tail.clear();
        return taken;
    }

    private PickleValue pop() {
        return take(1).getFirst();
    }

    private PickleValue peek() {
        if (stack.isEmpty()) {
            throw refused("there is no value");
        }
        return stack.getLast();
    }

    private void push(PickleValue value) {
        count();
        stack.add(value);
    }

    /** What is pushed is paid for; what moves from the stack into a container was. A call pays for what it copies. */
    private void count() {
        values++;
        if (values > MOST_VALUES) {
            throw refused("it has more than " + MOST_VALUES + " values");
        }
    }

    private RefusedPickle refused(String why) {
        return new RefusedPickle("its pickle has opcode " + Opcodes.name(opcode) + " before byte " + in.position()
                + ": " + why
                + ", expected only tensors and what holds them. Do not open the file with Python; ask for safetensors");
    }
}
