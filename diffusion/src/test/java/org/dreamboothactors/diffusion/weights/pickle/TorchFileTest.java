package org.dreamboothactors.diffusion.weights.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(value = 5, unit = TimeUnit.SECONDS)
class TorchFileTest {
    @TempDir
    Path folder;

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(
                        new PickleZip()
                                .global("posix", "system")
                                .text("touch /tmp/x")
                                .op(0x85)
                                .op('R'),
                        "opcode GLOBAL before byte 16: it wants posix.system"),
                Arguments.of(new PickleZip().text("os").text("system").op(0x93), "opcode STACK_GLOBAL"),
                Arguments.of(new PickleZip().global("builtins", "eval"), "it wants builtins.eval"),
                Arguments.of(new PickleZip().global("torch", "load"), "it wants torch.load"),
                Arguments.of(
                        new PickleZip().global("torch", "FloatStorage").op(')').op('R'),
                        "opcode REDUCE before byte 24: it calls torch.FloatStorage"),
                Arguments.of(new PickleZip().global("torch", "float16").op(')').op(0x81), "opcode NEWOBJ"),
                Arguments.of(
                        new PickleZip().global("torch", "float16").op('}').op('b'),
                        "opcode BUILD before byte 19: it sets the state of torch.float16"),
                Arguments.of(
                        new PickleZip().op('(').raw("ios\nsystem\n".getBytes(StandardCharsets.US_ASCII)),
                        "opcode INST"),
                Arguments.of(new PickleZip().op(0x82).op(1), "opcode EXT1"),
                Arguments.of(new PickleZip().op('h').op(7), "it recalls 7"),
                Arguments.of(new PickleZip().op('t'), "there is no mark"),
                Arguments.of(new PickleZip().op(0x87), "it takes 3 values where 0 are"),
                Arguments.of(new PickleZip().op('X').raw(new byte[] {-1, -1, -1, 127}), "its pickle ends after"),
                Arguments.of(new PickleZip().op('N').op('Q'), "its persistent id is no tuple"),
                Arguments.of(new PickleZip().text("a").text("b").op('a'), "it appends to what is no list"),
                Arguments.of(new PickleZip().op(0x8a).op(200), "number of 200 bytes"),
                Arguments.of(orderedDicts(), "more than 2000000 values"),
                Arguments.of(orderedDictOfFour(), "of what are no pairs"),
                Arguments.of(
                        new PickleZip().op('}').text("a".repeat(1001)).op('N').op('s'), "a key has 1001"),
                Arguments.of(new PickleZip().raw(keeping()), "more than 2000000 values"),
                Arguments.of(bomb('}'), "more than 2000000 values"),
                Arguments.of(bomb('('), "more than 2000000 values"));
    }

    /** 100 of them, of the same 70,000 pairs. */
    private static PickleZip orderedDicts() {
        PickleZip pickle = new PickleZip().text("a").op('N').op(0x86).op('q').op(0);
        pickle.op(']').op('(');
        for (int i = 0; i < 70_000; i++) {
            pickle.op('h').op(0);
        }
        pickle.op('e').op(0x85).op('q').op(1);
        pickle.global("collections", "OrderedDict").op('q').op(2);
        for (int i = 0; i < 100; i++) {
            pickle.op('h').op(2).op('h').op(1).op('R');
        }
        return pickle;
    }

    private static PickleZip orderedDictOfFour() {
        PickleZip pickle = new PickleZip().global("collections", "OrderedDict").op(']');
        pickle.op('(').text("a").op('N').text("b").op('N').op('t');
        return pickle.op('a').op(0x85).op('R');
    }

    private static byte[] keeping() {
        byte[] many = new byte[3_000_000];
        Arrays.fill(many, (byte) 0x94);
        many[0] = 'N';
        return many;
    }

    private static PickleZip bomb(int opcode) {
        byte[] many = new byte[3_000_000];
        Arrays.fill(many, (byte) opcode);
        return new PickleZip().raw(many);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesAPickleThatIsMoreThanData(PickleZip pickle, String reason) throws IOException {
        Path file = pickle.write(folder.resolve("model.ckpt"));

        assertThatThrownBy(() -> TorchFile.open(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Cannot read " + file)
                .hasMessageContaining(reason);
    }

    static Stream<Arguments> unsound() {
        int[] three = {3};
        int[] one = {1};
        byte[] twelve = new byte[12];
        return Stream.of(
                Arguments.of(
                        new PickleZip().tensor("0", 3, 0, new int[] {4}, one).member("archive/data/0", twelve),
                        "inside"),
                Arguments.of(new PickleZip().tensor("0", 3, 1, three, one).member("archive/data/0", twelve), "inside"),
                Arguments.of(
                        new PickleZip().tensor("0", 3, 0, three, new int[] {2}).member("archive/data/0", twelve),
                        "inside"),
                Arguments.of(
                        new PickleZip()
                                .tensor("0", 3, 0, new int[] {1 << 30, 1 << 30}, new int[] {0, 0})
                                .member("archive/data/0", twelve),
                        "inside its storage of 3"),
                Arguments.of(
                        new PickleZip().tensor("0", 3, 0, new int[] {-3}, one).member("archive/data/0", twelve),
                        "whole numbers"),
                Arguments.of(
                        new PickleZip().tensor("0", 4, 0, three, one).member("archive/data/0", twelve),
                        "12 bytes, expected 4"),
                Arguments.of(new PickleZip().tensor("0", 3, 0, three, one), "lacks the numbers data/0"),
                Arguments.of(
                        new PickleZip().tensor("../0", 3, 0, three, one).member("archive/data/../0", twelve),
                        "lacks the numbers"),
                Arguments.of(new PickleZip().op('N').member("other/data.pkl", twelve), "2 pickles"),
                Arguments.of(
                        new PickleZip().op('N').member("archive/byteorder", new byte[] {'b', 'i', 'g'}),
                        "byte order is big"));
    }

    @ParameterizedTest
    @MethodSource("unsound")
    void refusesTensorsThatDoNotLieInTheirStorage(PickleZip pickle, String reason) throws IOException {
        Path file = pickle.write(folder.resolve("model.pt"));

        assertThatThrownBy(() -> TorchFile.open(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void readsViewsAndOtherMemoryOrders() throws IOException {
        Path file = new PickleZip()
                .tensor("7", 6, 1, new int[] {2, 2}, new int[] {1, 3})
                .member("archive/data/7", PickleZip.floats(0, 1, 2, 3, 4, 5))
                .write(folder.resolve("view.pt"));

        assertThat(TorchFile.open(file).tensor().floats()).containsExactly(1, 4, 2, 5);
    }

    @Test
    void readsAnArchiveThatWasPackedAgain() throws IOException {
        float[] numbers = new float[5000];
        Arrays.fill(numbers, 0.25f);
        Path file = new PickleZip()
                .packed()
                .tensor("0", 5000, 0, new int[] {50, 100}, new int[] {100, 1})
                .member("archive/data/0", PickleZip.floats(numbers))
                .write(folder.resolve("packed.pt"));

        assertThat(Files.size(file)).isLessThan(1500);
        assertThat(TorchFile.open(file).tensor().floats()).containsExactly(numbers);
    }

    @Test
    void refusesAZipBomb() throws IOException {
        Path file = new PickleZip()
                .packed()
                .tensor("0", 50 << 20, 0, new int[] {50 << 20}, new int[] {1})
                .member("archive/data/0", new byte[200 << 20])
                .write(folder.resolve("bomb.ckpt"));

        assertThatThrownBy(() -> TorchFile.open(file))
                .hasMessageContaining("unpacks to 209715200 bytes")
                .hasMessageContaining("zip bomb");
    }

    @Test
    void refusesAFileThatWasCutShort() throws IOException {
        Path file = new PickleZip()
                .tensor("0", 3, 0, new int[] {3}, new int[] {1})
                .member("archive/data/0", new byte[12])
                .write(folder.resolve("cut.pt"));
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));

        assertThatThrownBy(() -> TorchFile.open(file))
                .hasMessageContaining("no zip directory")
                .hasMessageContaining("fetch it again");
    }
}
