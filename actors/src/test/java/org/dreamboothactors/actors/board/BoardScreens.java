package org.dreamboothactors.actors.board;

import java.nio.file.Files;
import java.nio.file.Path;

/** Pictures of the page for people to look at. */
final class BoardScreens {
    private static final String RUN = "#/runs/zigzag-teapot";

    private BoardScreens() {}

    static void take(BoardStack stack, Path folder, Path scratch) throws Exception {
        Files.createDirectories(folder);
        Path program = Chromium.program().orElseThrow();
        try (Chromium page = Chromium.start(program, scratch.resolve("profile"))) {
            String address = stack.dashboard().address().toString();
            page.size(1360, 900);
            page.open(address);
            page.awaitTrue("document.querySelectorAll('.run').length === 3");
            page.awaitTrue("document.querySelectorAll('.topic').length === 7");
            page.awaitTrue("document.querySelector('#link').textContent === 'live'");
            for (String scheme : new String[] {"light", "dark"}) {
                page.colours(scheme);
                page.evaluate("location.hash = '#/'");
                shoot(page, folder, "overview-" + scheme, 1360, 900);
                page.evaluate("location.hash = '" + RUN + "'");
                page.awaitTrue("document.querySelectorAll('.samples img').length > 8");
                page.awaitTrue("document.querySelector('.chart canvas')");
                shoot(page, folder, "run-" + scheme, 1360, 900);
            }
            page.colours("light");
            page.evaluate("location.hash = '#/runs/corgi-in-the-park'");
            page.awaitTrue("document.querySelector('.chart canvas')");
            shoot(page, folder, "run-live", 1360, 900);
            page.evaluate("location.hash = '" + RUN + "'");
            page.awaitTrue("document.querySelectorAll('.samples img').length > 8");
            page.evaluate("document.querySelector('.samples .picture').click()");
            shoot(page, folder, "viewer", 1360, 900);
            page.evaluate("document.querySelector('dialog').close()");
            page.colours("light");
            shoot(page, folder, "run-narrow", 360, 740);
            page.evaluate("location.hash = '#/'");
            shoot(page, folder, "overview-narrow", 360, 740);
            System.out.println("width at 360: " + page.evaluate("document.documentElement.scrollWidth"));
            System.out.println("troubles: " + page.troubles());
        }
    }

    private static void shoot(Chromium page, Path folder, String name, int width, int height) throws Exception {
        page.size(width, height);
        page.evaluate("new Promise(done => setTimeout(done, 1500))");
        page.screenshot(folder.resolve(name + ".png"));
    }
}
