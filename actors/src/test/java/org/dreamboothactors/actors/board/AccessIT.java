package org.dreamboothactors.actors.board;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.RunControl;
import org.dreamboothactors.storage.Stored;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a visitor may have. */
@Timeout(120)
class AccessIT {
    @TempDir
    static Path directory;

    private static BoardStack stack;
    private static Visitor visitor;

    @BeforeAll
    static void start() {
        stack = new BoardStack(directory, 0);
        visitor = Visitor.withToken(stack.dashboard().address());
    }

    @AfterAll
    static void stop() {
        visitor.close();
        stack.close();
    }

    @Test
    void refusesVisitorsWithoutTheToken() {
        try (Visitor stranger = Visitor.stranger(stack.dashboard().address())) {
            for (String path : List.of(
                    "/", "/app.js", "/api/events", "/api/runs/x", "/api/objects/x", "/?token=wrong", "/nothing")) {
                assertThat(stranger.open(path).statusCode()).as(path).isEqualTo(401);
            }
            assertThat(stranger.post("/api/runs/x/cancel").statusCode()).isEqualTo(401);
            assertThat(stranger.open("/app.js?token=" + BoardStack.TOKEN.replace(' ', '+'))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void letsInWithTheTokenAndKeepsItOutOfThePage() {
        try (Visitor stranger = Visitor.stranger(stack.dashboard().address())) {
            HttpResponse<byte[]> welcome =
                    stranger.open("/?" + stack.dashboard().address().getRawQuery());

            assertThat(welcome.statusCode()).isEqualTo(303);
            assertThat(welcome.headers().firstValue("Location")).contains("/");
            assertThat(welcome.headers().firstValue("Set-Cookie").orElseThrow())
                    .contains("HttpOnly", "SameSite=Strict")
                    .doesNotContain(BoardStack.TOKEN);
        }
        HttpResponse<byte[]> page = visitor.open("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=UTF-8");
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .contains("default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(visitor.open("/app.js").headers().firstValue("Content-Type"))
                .contains("text/javascript; charset=UTF-8");
    }

    @Test
    void answersAProbeOfAnybody() throws Exception {
        try (Visitor stranger = Visitor.stranger(stack.dashboard().address())) {
            assertThat(stranger.open("/alive").statusCode()).isEqualTo(200);
            Instant deadline = Instant.now().plusSeconds(60);
            while (stranger.open("/ready").statusCode() != 200 && Instant.now().isBefore(deadline)) {
                Thread.sleep(200);
            }

            assertThat(new String(stranger.open("/ready").body(), UTF_8)).isEqualTo("history: live\ntopics: live\n");
            assertThat(stranger.post("/ready").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void givesAScraperTheFiguresAndNothingElse() {
        try (Visitor stranger = Visitor.stranger(stack.dashboard().address())) {
            String token = "Bearer " + BoardStack.TOKEN;
            HttpResponse<byte[]> figures = stranger.open("/metrics", "Authorization", token);

            assertThat(figures.statusCode()).isEqualTo(200);
            assertThat(figures.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
            assertThat(new String(figures.body(), UTF_8)).isEqualTo("figures 1\n");
            assertThat(stranger.open("/metrics").statusCode()).isEqualTo(401);
            assertThat(stranger.open("/metrics", "Authorization", token + "x").statusCode())
                    .isEqualTo(401);
            assertThat(stranger.open("/api/runs/a", "Authorization", token).statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void refusesOtherNamesForThisServer() throws Exception {
        int port = stack.dashboard().address().getPort();

        assertThat(visitor.statusWithHost("evil.example")).contains("403");
        assertThat(visitor.statusWithHost("127.0.0.1.evil.example:" + port)).contains("403");
        assertThat(visitor.statusWithHost("10.0.0.1:" + port)).contains("403");
        assertThat(visitor.statusWithHost("localhost:" + port)).contains("200");
        assertThat(visitor.statusWithHost("[::1]:" + port)).contains("200");
    }

    @Test
    void servesOnlyPicturesThatARunNames() throws Exception {
        byte[] png = Paint.png(Paint.subject(new Random(1)));
        Stored named = stack.store().put("pictures/named photo.png", png);
        stack.store().put("pictures/unnamed.png", png);
        Stored phone = stack.store().put("pictures/phone.png", Paint.png(Paint.noise(new Random(3), 2100)));
        Stored text = stack.store().put("pictures/text.png", "<script>alert(1)</script>".getBytes(UTF_8));
        Stored replaced = stack.store().put("pictures/replaced.png", png);
        stack.store().put("pictures/replaced.png", Paint.png(Paint.subject(new Random(2))));
        stack.tell(Told.requested("pictures"));
        stack.tell(Told.photo("pictures", 0, "a", Wire.message(named)));
        stack.tell(Told.photo("pictures", 1, "b", Wire.message(text)));
        stack.tell(Told.photo("pictures", 2, "c", Wire.message(replaced)));
        stack.tell(Told.photo("pictures", 3, "d", Wire.message(phone)));
        visitor.awaitRun("pictures", run -> run.path("seq").asLong() == 5);

        HttpResponse<byte[]> picture = visitor.open("/api/objects/pictures/named%20photo.png");
        assertThat(picture.statusCode()).isEqualTo(200);
        assertThat(picture.body()).isEqualTo(png);
        assertThat(picture.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(picture.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        String version = picture.headers().firstValue("ETag").orElseThrow();
        assertThat(visitor.open("/api/objects/pictures/named%20photo.png", "If-None-Match", version)
                        .statusCode())
                .isEqualTo(304);

        BufferedImage photo = ImageIO.read(new ByteArrayInputStream(
                visitor.open("/api/objects/pictures/phone.png").body()));
        assertThat(photo.getWidth()).as("of %s bytes", phone.sizeBytes()).isEqualTo(1050);

        assertThat(visitor.open("/api/objects/pictures/unnamed.png").statusCode())
                .isEqualTo(404);
        assertThat(visitor.open("/api/objects/pictures/../pictures/unnamed.png").statusCode())
                .isEqualTo(404);
        assertThat(visitor.open("/api/objects/").statusCode()).isEqualTo(404);
        assertThat(visitor.open("/api/objects/pictures/text.png").statusCode()).isEqualTo(502);
        assertThat(visitor.open("/api/objects/pictures/replaced.png").statusCode())
                .isEqualTo(502);
    }

    @Test
    void answersWithNotFoundAndMethodNotAllowed() {
        assertThat(visitor.open("/api/runs/unknown").statusCode()).isEqualTo(404);
        assertThat(visitor.open("/package-info.java").statusCode()).isEqualTo(404);
        assertThat(visitor.open("/..%2fdashboard/app.js").statusCode()).isEqualTo(404);
        assertThat(visitor.post("/api/events").statusCode()).isEqualTo(405);
    }

    @Test
    void cancelsARunOnlyForItsOwnPage() throws Exception {
        stack.tell(Told.requested("unwanted"));
        stack.tell(Told.requested("over"));
        stack.tell(Told.failed("over", "it was over before"));
        visitor.awaitRun("unwanted", run -> true);
        visitor.awaitRun("over", run -> run.path("over").asBoolean());
        String ours = "http://127.0.0.1:" + stack.dashboard().address().getPort();

        assertThat(visitor.post("/api/runs/unwanted/cancel").statusCode()).isEqualTo(403);
        assertThat(visitor.post("/api/runs/unwanted/cancel", "Origin", "http://evil.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(visitor.post("/api/runs/unwanted/cancel", "Origin", "null").statusCode())
                .isEqualTo(403);
        assertThat(visitor.post("/api/runs/over/cancel", "Origin", ours).statusCode())
                .isEqualTo(409);
        assertThat(visitor.post("/api/runs/unwanted/cancel", "Origin", ours).statusCode())
                .isEqualTo(202);

        RunControl command =
                RunControl.parseFrom(stack.firstRecord(Topics.RUN_CONTROL).value());
        assertThat(command.getRunId()).isEqualTo("unwanted");
        assertThat(command.hasCancel()).isTrue();
    }

    @Test
    void answersAnAddressThatCannotBeRead() throws Exception {
        int port = stack.dashboard().address().getPort();

        assertThat(visitor.statusOf("/?token=%zz", "localhost:" + port)).contains("400");
        assertThat(visitor.statusOf("/api/objects/%zz", "localhost:" + port)).contains("400");
    }
}
