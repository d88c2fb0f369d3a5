package org.dreamboothactors.actors.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunFailed;
import org.dreamboothactors.protocol.v1.RunRequested;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page as a browser shows it. Skipped where there is no Chromium. */
@Timeout(240)
class PageIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> PAYLOADS = List.of(
            "<img src=x onerror=alert(1)>",
            "</script><script>alert(1)</script>",
            "\"><svg onload=alert(1)>",
            "<iframe srcdoc=\"<script>parent.alert(1)</script>\">",
            "' onmouseover='alert(1)",
            "{{constructor.constructor('alert(1)')()}}",
            "javascript:alert(1)");
    private static final String STORY = "long-story";

    @TempDir
    static Path directory;

    private static BoardStack stack;
    private static Chromium page;

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> program = Chromium.program();
        assumeTrue(program.isPresent(), "no chromium on the PATH, so nobody looks at the page");
        stack = new BoardStack(directory.resolve("stack"), 0);
        new Story(STORY, 1, 1_000_000, stack.store(), List.of(), stack::tell)
                .requested("studio", "a photo of a sks cat", "a photo of a cat", 200, 4)
                .prepared(4)
                .drawn(0, 0)
                .trainsOn(1, 0, false)
                .steps(1, 0, 110);
        page = Chromium.start(program.get(), directory.resolve("profile"));
    }

    @AfterAll
    static void stop() throws Exception {
        if (page != null) {
            page.close();
        }
        if (stack != null) {
            stack.close();
        }
    }

    @BeforeEach
    void open() throws Exception {
        page.size(1280, 900);
        page.open(stack.dashboard().address().toString());
        page.awaitTrue("document.querySelector('#link')?.dataset.status === 'live'");
        page.awaitTrue("document.querySelectorAll('.topic').length === 7");
    }

    @AfterEach
    void nothingWentWrong() {
        assertThat(page.troubles()).isEmpty();
    }

    @Test
    void saysHowLongTheOldestWorkOfAQueueWaits() throws Exception {
        page.awaitTrue(
                "[...document.querySelectorAll('.topic')].filter(topic => topic.innerText.includes("
                        + "'oldest for 1 min 35 s')).map(topic => topic.querySelector('h3').innerText).join() === 'train-step'");
    }

    @Test
    void showsHostileTextsAsTheyAre() throws Exception {
        String id = "hostile";
        stack.tell(event(id, "requested")
                .setRequested(RunRequested.newBuilder()
                        .setUpload(SubjectUpload.newBuilder()
                                .setTenant(PAYLOADS.get(2))
                                .setSpec(RunSpec.newBuilder().setInstancePrompt(PAYLOADS.getFirst()))))
                .build());
        for (int i = 0; i < PAYLOADS.size(); i++) {
            stack.tell(event(id, "photo-" + i)
                    .setPhotoJudged(PhotoJudged.newBuilder()
                            .setIndex(i)
                            .setName(PAYLOADS.get(i))
                            .setVerdict(PhotoVerdict.UNDECODABLE)
                            .setReason(PAYLOADS.get(i)))
                    .build());
        }
        stack.tell(event(id, "failed")
                .setFailed(RunFailed.newBuilder().setReason(PAYLOADS.get(1)))
                .build());
        stack.dashboard().sink().report(PAYLOADS.get(3), "working", PAYLOADS.getFirst());

        page.awaitTrue("[...document.querySelectorAll('.tree .actor-work')].some(it => it.textContent === "
                + quoted(PAYLOADS.getFirst()) + ")");
        page.awaitTrue("[...document.querySelectorAll('.run .prompt')].some(it => it.textContent === "
                + quoted(PAYLOADS.getFirst()) + ")");
        page.evaluate("location.hash = '#/runs/" + id + "'");
        page.awaitTrue("document.querySelectorAll('.photos li').length === " + PAYLOADS.size());

        assertThat(texts(".photos strong")).isEqualTo(PAYLOADS);
        assertThat(texts(".photos p")).isEqualTo(PAYLOADS);
        assertThat(texts(".run-head .prompt")).containsExactly(PAYLOADS.getFirst());
        assertThat(texts(".run-head .stages")).containsExactly(PAYLOADS.get(1));
        assertThat(page.evaluate("document.querySelectorAll('script, iframe, svg').length")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void drawsPicturesAndCurvesOfARun() throws Exception {
        page.evaluate("location.hash = '#/runs/" + STORY + "'");
        page.awaitTrue("document.querySelectorAll('.samples tbody tr').length === 2");
        page.awaitTrue("[...document.querySelectorAll('.samples img')].every(img => img.naturalWidth === 64)");
        page.awaitTrue("document.querySelectorAll('.chart canvas').length === 2");

        assertThat(texts(".samples tbody th")).containsExactly("100", "base model");
        assertThat(texts(".run-title .pill")).containsExactly("training");
        assertThat(texts(".run-head .step")).containsExactly("step 110 / 200");
        page.awaitTrue("document.title === '55% long-story · dreambooth'");

        page.evaluate("document.querySelector('.samples .picture').click()");
        page.awaitTrue("document.querySelector('dialog').open");
        assertThat(page.evaluate("document.querySelector('dialog .large').alt").asText())
                .isEqualTo("a photo of a sks cat (step 100, seed 1)");
    }

    @Test
    void goesOnAfterTheServerRestartsWithoutALoad() throws Exception {
        page.evaluate("window.notLoadedAgain = true");

        stack.restartDashboard();
        stack.dashboard().sink().report("born-later", "idle", "");

        page.awaitTrue("document.body.innerText.includes('born-later')");
        page.awaitTrue("document.querySelector('#link').dataset.status === 'live'");
        assertThat(page.evaluate("window.notLoadedAgain").asBoolean()).isTrue();
        page.forget("net::ERR"); // the connection to the server that was restarted
    }

    @Test
    void fitsANarrowScreen() throws Exception {
        page.size(360, 740);
        page.awaitTrue("document.querySelectorAll('.run').length > 0");
        assertThat(page.evaluate("document.documentElement.scrollWidth").asInt())
                .isLessThanOrEqualTo(360);

        page.evaluate("location.hash = '#/runs/" + STORY + "'");
        page.awaitTrue("document.querySelectorAll('.chart canvas').length === 2");
        assertThat(page.evaluate("document.documentElement.scrollWidth").asInt())
                .isLessThanOrEqualTo(360);
    }

    private static List<String> texts(String selector) throws Exception {
        return JSON.convertValue(
                page.evaluate("[...document.querySelectorAll(" + quoted(selector) + ")].map(it => it.textContent)"),
                JSON.getTypeFactory().constructCollectionType(List.class, String.class));
    }

    private static String quoted(String text) throws Exception {
        return JSON.writeValueAsString(text);
    }

    private static RunEvent.Builder event(String id, String eventId) {
        return RunEvent.newBuilder().setRunId(id).setEventId(eventId).setAtMs(1);
    }
}
