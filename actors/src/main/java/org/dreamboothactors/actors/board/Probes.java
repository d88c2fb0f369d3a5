package org.dreamboothactors.actors.board;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.dreamboothactors.actors.board.FeedView.State;

/**
 * What an orchestrator asks a node, at the paths that Pekko Management has for it. Anybody may: the answers hold nothing
 * else.
 *
 * <p>{@code /alive} is answered as long as the node answers at all: one that is started anew when its broker is away would
 * only lose its work. {@code /ready} asks for a broker that answers and a history that is read.
 */
final class Probes {
    private static final String ALIVE = "/alive";
    private static final String READY = "/ready";
    private static final Set<String> FEEDS = Set.of(FeedView.HISTORY, FeedView.TOPICS);

    private Probes() {}

    static boolean isProbe(HttpRequest request) {
        String path = request.getUri().path();
        return request.method().equals(HttpMethods.GET) && (path.equals(ALIVE) || path.equals(READY));
    }

    /** @param feeds of the page, as far as they told of themselves */
    static HttpResponse answer(HttpRequest request, List<FeedView> feeds) {
        boolean live = feeds.stream()
                .filter(feed -> feed.state() == State.LIVE)
                .map(FeedView::name)
                .collect(Collectors.toSet())
                .containsAll(FEEDS);
        String states = feeds.stream()
                .map(feed -> feed.name() + ": " + feed.state().name().toLowerCase(Locale.ROOT) + "\n")
                .sorted()
                .collect(Collectors.joining());
        boolean well = live || request.getUri().path().equals(ALIVE);
        return HttpResponse.create()
                .withStatus(well ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE)
                .addHeader(HttpHeader.parse("Cache-Control", "no-store"))
                .withEntity(states);
    }
}
