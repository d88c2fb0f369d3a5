package org.dreamboothactors.actors.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.junit.jupiter.api.Test;

class GateTest {
    private static final String TOKEN = "secret";

    private final Gate gate = new Gate("0.0.0.0", List.of("Studio.example"), TOKEN);

    private int opened(Gate asked, String host) {
        return asked.stop(request("/?token=" + TOKEN, host))
                .map(GateTest::status)
                .orElse(200);
    }

    private static int status(HttpResponse response) {
        return response.status().intValue();
    }

    private static HttpRequest request(String path, String host) {
        return HttpRequest.GET(path).addHeader(HttpHeader.parse("Host", host));
    }

    @Test
    void isKnownByItsAddressesAndTheNamesItWasGiven() {
        assertThat(opened(gate, "192.168.1.7:8080")).isEqualTo(303);
        assertThat(opened(gate, "studio.example")).isEqualTo(303);
        assertThat(opened(gate, "evil.example")).isEqualTo(403);
        assertThat(opened(new Gate("0.0.0.0", List.of(), TOKEN), "studio.example"))
                .isEqualTo(403);
    }

    @Test
    void knowsItsOwnPageBehindAProxyToo() {
        HttpRequest forwarded = request("/api/runs/r/cancel", "127.0.0.1:8080");

        assertThat(gate.isFromOurPage(from(forwarded, "https://studio.example")))
                .isTrue();
        assertThat(gate.isFromOurPage(from(forwarded, "http://127.0.0.1:8080"))).isTrue();
        assertThat(gate.isFromOurPage(from(forwarded, "https://studio.example.evil")))
                .isFalse();
        assertThat(gate.isFromOurPage(forwarded)).isFalse();

        HttpRequest direct = request("/api/runs/r/cancel", "studio.example:8080");
        assertThat(gate.isFromOurPage(from(direct, "http://studio.example:8080")))
                .isTrue();
        assertThat(gate.isFromOurPage(from(direct, "http://studio.example:3000")))
                .isFalse();
    }

    private static HttpRequest from(HttpRequest request, String origin) {
        return request.addHeader(HttpHeader.parse("Origin", origin));
    }
}
