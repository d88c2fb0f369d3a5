package org.dreamboothactors.actors.board;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.Cookie;
import org.apache.pekko.http.javadsl.model.headers.Host;
import org.apache.pekko.http.javadsl.model.headers.HttpCookie;
import org.apache.pekko.http.javadsl.model.headers.HttpCookiePair;
import org.apache.pekko.http.javadsl.model.headers.Location;
import org.apache.pekko.http.javadsl.model.headers.Origin;
import org.apache.pekko.http.javadsl.model.headers.SameSite;
import org.apache.pekko.http.javadsl.model.headers.SetCookie;
import org.dreamboothactors.storage.Sha256;

/**
 * Lets in who has the token, under a name of this server.
 *
 * <p>The token is asked for on this machine too: any web page that a user visits can send requests to it. The list of
 * host names stops a page that points its own name at this address. A scraper sends the token itself, which no page can,
 * and may use any name; it gets the figures and nothing else.
 */
final class Gate {
    /** Path of the figures for Prometheus. */
    static final String FIGURES = "metrics";

    private static final String BEARER = "Bearer ";
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");
    private static final Set<String> EVERY_ADDRESS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");
    private static final List<HttpHeader> SHIELD = List.of(
            header(
                    "Content-Security-Policy",
                    "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
            header("X-Content-Type-Options", "nosniff"),
            header("Referrer-Policy", "no-referrer"),
            header("Cross-Origin-Resource-Policy", "same-origin"),
            header("Cross-Origin-Opener-Policy", "same-origin"));
    /** The link is for who came from another site: then the browser keeps the new cookie back once. */
    private static final String NO_ENTRY = """
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">
            <title>dreambooth: no entry</title>
            <h1>No entry without the token</h1>
            <p>Open the address that the service printed when it started; it contains the token.</p>
            <p>If you just did, <a href="/">go on</a>.</p>
            </html>
            """;

    private final String configuredHost;
    private final Set<String> names;
    private final boolean everyAddress;
    private final byte[] token;
    private final String cookieName;
    private final String cookieValue;

    /** @param names that browsers reach it by beside its address, as behind a proxy */
    Gate(String host, List<String> names, String token) {
        this.names = names.stream().map(Gate::bare).collect(Collectors.toUnmodifiableSet());
        this.configuredHost = bare(host);
        this.everyAddress = listensEverywhere(host);
        this.token = token.getBytes(StandardCharsets.UTF_8);
        // Ports share cookies: two servers on one machine must not overwrite each other's.
        this.cookieName = "dreambooth-" + derived("name", token).substring(0, 8);
        this.cookieValue = derived("value", token);
    }

    static boolean listensEverywhere(String host) {
        return EVERY_ADDRESS.contains(bare(host));
    }

    /** What to answer instead of what was asked for; empty when the visitor may have it. */
    Optional<HttpResponse> stop(HttpRequest request) {
        if (isScraper(request)) {
            return Optional.empty();
        }
        if (request.getHeader(Host.class).filter(this::isOurs).isEmpty()) {
            return Optional.of(
                    HttpResponse.create()
                            .withStatus(StatusCodes.FORBIDDEN)
                            .withEntity(
                                    "This server does not know that name. Use the address it printed when it started, or tell it the name with the setting dashboard-names"));
        }
        Optional<String> offered =
                request.getUri().path().equals("/") ? request.getUri().query().get("token") : Optional.empty();
        if (offered.isPresent()) {
            return Optional.of(same(offered.get(), token) ? welcome() : noEntry());
        }
        return hasCookie(request) ? Optional.empty() : Optional.of(noEntry());
    }

    /** Whether a page of this very server sends the request, as the browser vouches. */
    boolean isFromOurPage(HttpRequest request) {
        Optional<String> origin = request.getHeader(Origin.class).map(HttpHeader::value);
        Optional<String> host = request.getHeader(Host.class).map(HttpHeader::value);
        return origin.isPresent()
                && host.isPresent()
                && (origin.get().equals("http://" + host.get())
                        || origin.get().equals("https://" + host.get())
                        || (!names.contains(nameOf(host.get())) && hasOurName(origin.get())));
    }

    private static String nameOf(String host) {
        return bare(host.replaceFirst(":\\d+$", ""));
    }

    /** A proxy may ask for another host than its browser did. Where it does not, ports count, too. */
    private boolean hasOurName(String origin) {
        try {
            return Optional.ofNullable(new URI(origin).getHost())
                    .map(Gate::bare)
                    .filter(names::contains)
                    .isPresent();
        } catch (URISyntaxException _) {
            return false;
        }
    }

    /** Adds what tells browsers to be careful. */
    HttpResponse shield(HttpResponse response) {
        return response.addHeaders(SHIELD);
    }

    private boolean isOurs(Host host) {
        String name = bare(host.host().address());
        // A page cannot make a bare address its own name, so any address will do where all are listened on.
        boolean address = host.host().isIPv4() || host.host().isIPv6();
        return LOOPBACK.contains(name)
                || configuredHost.equals(name)
                || names.contains(name)
                || (everyAddress && address);
    }

    private boolean isScraper(HttpRequest request) {
        return request.method().equals(HttpMethods.GET)
                && request.getUri().path().equals("/" + FIGURES)
                && request.getHeader("Authorization")
                        .map(HttpHeader::value)
                        .filter(value -> value.startsWith(BEARER) && same(value.substring(BEARER.length()), token))
                        .isPresent();
    }

    private boolean hasCookie(HttpRequest request) {
        return StreamSupport.stream(request.getHeaders(Cookie.class).spliterator(), false)
                .flatMap(cookie -> StreamSupport.stream(cookie.getCookies().spliterator(), false))
                .filter(pair -> pair.name().equals(cookieName))
                .map(HttpCookiePair::value)
                .anyMatch(value -> same(value, cookieValue.getBytes(StandardCharsets.UTF_8)));
    }

    private HttpResponse welcome() {
        return HttpResponse.create()
                .withStatus(StatusCodes.SEE_OTHER)
                .addHeader(Location.create("/"))
                .addHeader(SetCookie.create(HttpCookie.create(cookieName, cookieValue)
                        .withPath("/")
                        .withHttpOnly(true)
                        .withSameSite(SameSite.Strict)));
    }

    private static HttpResponse noEntry() {
        return HttpResponse.create()
                .withStatus(StatusCodes.UNAUTHORIZED)
                .addHeader(header("Cache-Control", "no-store"))
                .withEntity(ContentTypes.TEXT_HTML_UTF8, NO_ENTRY);
    }

    private static String derived(String what, String token) {
        return Sha256.of(("dashboard cookie " + what + " " + token).getBytes(StandardCharsets.UTF_8));
    }

    private static boolean same(String offered, byte[] expected) {
        return MessageDigest.isEqual(offered.getBytes(StandardCharsets.UTF_8), expected);
    }

    private static String bare(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    }

    private static HttpHeader header(String name, String value) {
        return HttpHeader.parse(name, value);
    }
}
