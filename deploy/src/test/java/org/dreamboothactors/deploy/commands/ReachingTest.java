package org.dreamboothactors.deploy.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dreamboothactors.deploy.commands.CommandLineOf.run;

import java.nio.file.Path;
import org.dreamboothactors.deploy.commands.CommandLineOf.Said;
import org.dreamboothactors.deploy.remote.FakeRemote;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReachingTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void saysHowToStartAServiceWhereThereIsNone() {
        Said said = runs("--data-dir", folder.toString());

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains("./dreambooth serve");
        assertThat(said.err().lines()).hasSize(1);
    }

    @Test
    void namesTheSettingsThatHoldTheKeysOfAStoreOfOthers() {
        Said said = runs("--bootstrap-servers", "k:9092", "--s3-endpoint", "http://s3:9000");

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains("DREAMBOOTH_S3_ACCESS_KEY");
    }

    @Test
    void refusesAnEndpointThatIsNoUrl() {
        Said said = runs("--bootstrap-servers", "k:9092", "--s3-endpoint", "s3:9000");

        assertThat(said.err()).contains("s3-endpoint: s3:9000, expected a URL such as");
    }

    @Test
    void refusesAKafkaConfigWithoutBrokersItIsFor() {
        Said said = runs("--data-dir", folder.toString(), "--kafka-config", "/etc/kafka/client.properties");

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err())
                .contains("Cannot use kafka-config /etc/kafka/client.properties: bootstrap-servers is not given");
    }

    @Test
    void namesTheNearestSetting() {
        assertThat(runs("--set", "s3-buket=x").err()).contains("Did you mean s3-bucket?");
    }

    private static Said runs(String... arguments) {
        return run(new RunsCommand(CommandLineOf.with(new FakeRemote())), arguments);
    }
}
