package org.dreamboothactors.actors.board;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.scaladsl.model.IllegalUriException;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.dreamboothactors.actors.board.runs.RunDetail;
import org.dreamboothactors.actors.board.runs.RunSummary;
import org.dreamboothactors.actors.metrics.Meters;
import org.dreamboothactors.storage.Stored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests. Never blocks; whatever goes wrong behind it is an answer too. */
final class Site implements Function<HttpRequest, CompletionStage<HttpResponse>> {
    private static final Logger LOG = LoggerFactory.getLogger(Site.class);
    private static final Duration BOARD_ANSWERS_IN = Duration.ofSeconds(10);
    private static final ContentType PNG = ContentTypes.create(MediaTypes.IMAGE_PNG);
    private static final ContentType PROMETHEUS = ContentTypes.parse(Meters.CONTENT_TYPE);
    private static final ContentType EVENTS = ContentTypes.create(MediaTypes.TEXT_EVENT_STREAM);

    private final ActorSystem<?> system;
    private final ActorRef<Board.Command> board;
    private final Gate gate;
    private final Assets assets;
    private final PictureReader pictures;
    private final Cancellations cancellations;
    private final Supplier<String> figures;

    Site(
            ActorSystem<?> system,
            ActorRef<Board.Command> board,
            Gate gate,
            Assets assets,
            PictureReader pictures,
            Cancellations cancellations,
            Supplier<String> figures) {
        this.system = system;
        this.board = board;
        this.gate = gate;
        this.assets = assets;
        this.pictures = pictures;
        this.cancellations = cancellations;
        this.figures = figures;
    }

    @Override
    public CompletionStage<HttpResponse> apply(HttpRequest request) {
        var _ = request.discardEntityBytes(system);
        return CompletableFuture.completedStage(request)
                .thenCompose(it -> Probes.isProbe(it)
                        ? probe(it)
                        : gate.stop(it).map(Site::now).orElseGet(() -> route(it)))
                .exceptionally(Site::failed)
                .thenApply(gate::shield);
    }

    private CompletionStage<HttpResponse> route(HttpRequest request) {
        List<String> path = new ArrayList<>();
        request.getUri().pathSegments().forEach(path::add);
        boolean api = path.size() >= 2 && path.getFirst().equals("api");
        boolean run = api && path.get(1).equals("runs");
        if (request.method().equals(HttpMethods.POST)) {
            return run && path.size() == 4 && path.get(3).equals("cancel")
                    ? cancel(request, path.get(2))
                    : now(text(StatusCodes.METHOD_NOT_ALLOWED, "Nothing can be posted here"));
        }
        if (!request.method().equals(HttpMethods.GET)) {
            return now(text(StatusCodes.METHOD_NOT_ALLOWED, "Only GET works here"));
        }
        if (path.equals(List.of(Gate.FIGURES))) {
            return now(HttpResponse.create()
                    .addHeader(uncached())
                    .withEntity(PROMETHEUS, figures.get().getBytes(UTF_8)));
        }
        if (run && path.size() == 3) {
            return describe(request, path.get(2));
        }
        if (api && path.get(1).equals("events") && path.size() == 2) {
            return now(events());
        }
        if (api && path.get(1).equals("objects")) {
            return picture(request, String.join("/", path.subList(2, path.size())));
        }
        return now(asset(request));
    }

    private CompletionStage<HttpResponse> probe(HttpRequest request) {
        return ask((Function<ActorRef<List<FeedView>>, Board.Command>) Board.Feeds::new)
                .thenApply(feeds -> Probes.answer(request, feeds));
    }

    private HttpResponse asset(HttpRequest request) {
        return assets.at(request.getUri().path())
                .map(asset -> versioned(request, asset.sha256(), asset.type(), asset.content()))
                .orElseGet(Site::notFound);
    }

    private CompletionStage<HttpResponse> describe(HttpRequest request, String runId) {
        long after = number(request, "after");
        long generation = number(request, "generation");
        return ask((ActorRef<Optional<RunDetail>> replyTo) -> new Board.Describe(runId, after, generation, replyTo))
                .thenApply(detail -> detail.map(it -> HttpResponse.create()
                                .addHeader(uncached())
                                .withEntity(ContentTypes.APPLICATION_JSON, Json.of(it)))
                        .orElseGet(Site::notFound));
    }

    private HttpResponse events() {
        var stream = Source.<ByteString>queue(Browsers.QUEUE).preMaterialize(system);
        board.tell(new Board.Join(stream.first()));
        return HttpResponse.create()
                .addHeader(uncached())
                .withEntity(HttpEntities.createChunked(EVENTS, stream.second()));
    }

    private CompletionStage<HttpResponse> picture(HttpRequest request, String key) {
        return ask((ActorRef<Optional<Stored>> replyTo) -> new Board.FindPicture(key, replyTo))
                .thenCompose(
                        found -> found.map(stored -> picture(request, stored)).orElseGet(() -> now(notFound())));
    }

    private CompletionStage<HttpResponse> picture(HttpRequest request, Stored stored) {
        return has(request, stored.sha256())
                ? now(unchanged(stored.sha256()))
                : pictures.read(stored).thenApply(content -> versioned(request, stored.sha256(), PNG, content));
    }

    private CompletionStage<HttpResponse> cancel(HttpRequest request, String runId) {
        if (!gate.isFromOurPage(request)) {
            return now(text(StatusCodes.FORBIDDEN, "Only the dashboard's own page may do that"));
        }
        return ask((ActorRef<Optional<RunSummary>> replyTo) -> new Board.Summarise(runId, replyTo))
                .thenCompose(run -> {
                    if (run.isEmpty()) {
                        return now(notFound());
                    }
                    if (run.get().over()) {
                        return now(text(StatusCodes.CONFLICT, "The run has ended"));
                    }
                    return cancellations
                            .cancel(runId)
                            .thenApply(_ -> text(StatusCodes.ACCEPTED, "The run is asked to end"));
                });
    }

    private <T> CompletionStage<T> ask(Function<ActorRef<T>, Board.Command> question) {
        return AskPattern.ask(board, question, BOARD_ANSWERS_IN, system.scheduler());
    }

    private static HttpResponse versioned(HttpRequest request, String sha256, ContentType type, ByteString content) {
        return has(request, sha256)
                ? unchanged(sha256)
                : HttpResponse.create()
                        .addHeader(HttpHeader.parse("ETag", quoted(sha256)))
                        .addHeader(HttpHeader.parse("Cache-Control", "private, no-cache"))
                        .withEntity(type, content);
    }

    private static HttpResponse unchanged(String sha256) {
        return HttpResponse.create()
                .withStatus(StatusCodes.NOT_MODIFIED)
                .addHeader(HttpHeader.parse("ETag", quoted(sha256)));
    }

    private static boolean has(HttpRequest request, String sha256) {
        return request.getHeader("If-None-Match")
                .filter(known -> known.value().equals(quoted(sha256)))
                .isPresent();
    }

    private static String quoted(String sha256) {
        return "\"" + sha256 + "\"";
    }

    private static HttpHeader uncached() {
        return HttpHeader.parse("Cache-Control", "no-store");
    }

    /** A number of the query; 0 when it is none. */
    private static long number(HttpRequest request, String name) {
        return request.getUri()
                .query()
                .get(name)
                .filter(value -> value.matches("\\d{1,18}"))
                .map(Long::parseLong)
                .orElse(0L);
    }

    private static HttpResponse failed(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        if (cause instanceof RejectedExecutionException) {
            return text(StatusCodes.SERVICE_UNAVAILABLE, "Too much to do; try again");
        }
        if (cause instanceof IllegalUriException) { // not logged: it may hold the token
            return text(StatusCodes.BAD_REQUEST, "This address cannot be read");
        }
        LOG.warn("The dashboard could not answer: {}", cause.toString());
        return text(
                StatusCodes.BAD_GATEWAY, "What is behind the dashboard does not answer; the service's log says why");
    }

    private static HttpResponse notFound() {
        return text(StatusCodes.NOT_FOUND, "There is no such thing here");
    }

    private static HttpResponse text(StatusCode status, String text) {
        return HttpResponse.create().withStatus(status).withEntity(text);
    }

    private static CompletionStage<HttpResponse> now(HttpResponse response) {
        return CompletableFuture.completedFuture(response);
    }
}
