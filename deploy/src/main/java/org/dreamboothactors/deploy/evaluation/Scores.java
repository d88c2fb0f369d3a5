package org.dreamboothactors.deploy.evaluation;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** All runs of an evaluation, as a table and as a figure. */
public record Scores(List<Row> rows) {
    private static final double HALF = 0.5;

    /**
     * A subject under one seed.
     *
     * @param withPrior with prior preservation
     * @param without the same without it, if that was run
     */
    public record Row(Sitter sitter, long seed, Score withPrior, Optional<Score> without) {
        private String name() {
            return sitter.word() + " " + seed;
        }

        /** One line of the table. */
        public String line() {
            return String.format(
                    Locale.ROOT,
                    "%-10s %4d   %6.3f %6.3f %6.3f   %5.0f %%   %2d of %2d   %+6.3f   %s",
                    sitter.word(),
                    seed,
                    withPrior.other(),
                    withPrior.drawn(),
                    withPrior.itself(),
                    100 * withPrior.closed(),
                    withPrior.placesRight(),
                    withPrior.places(),
                    withPrior.drift(),
                    without.map(score -> String.format(Locale.ROOT, "%+6.3f", score.drift()))
                            .orElse("-"));
        }
    }

    public Scores {
        rows = List.copyOf(rows);
    }

    /** Above the rows. */
    public static String head() {
        return "subject    seed    other  drawn itself    closed   place right    drift  without prior";
    }

    /** Below the rows. */
    public String summary() {
        double closed = mean(rows, row -> row.withPrior().closed());
        long half =
                rows.stream().filter(row -> row.withPrior().closed() >= HALF).count();
        int right = rows.stream().mapToInt(row -> row.withPrior().placesRight()).sum();
        int places = rows.stream().mapToInt(row -> row.withPrior().places()).sum();
        List<Row> both = rows.stream().filter(row -> row.without().isPresent()).toList();
        String drift = both.isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%nclass drift %+.3f with prior preservation, %+.3f without",
                        mean(both, row -> row.withPrior().drift()),
                        mean(both, row -> row.without().orElseThrow().drift()));
        return String.format(
                        Locale.ROOT,
                        "closed %.0f %% of the way on average, half of it or more in %d of %d runs; place right in %.0f %% of %d"
                                + " pictures",
                        100 * closed,
                        half,
                        rows.size(),
                        100.0 * right / places,
                        places)
                + drift;
    }

    private static double mean(List<Row> rows, ToDoubleFunction<Row> number) {
        return rows.stream().mapToDouble(number).average().orElse(Double.NaN);
    }

    /** Writes a PNG: for each run, where between another subject and the subject itself its pictures lie. */
    public void draw(Path png) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(1200)
                .height(520)
                .title("Identity: mean nearness to the subject's photos, by the judge")
                .xAxisTitle("subject and seed")
                .build();
        chart.getStyler().setDefaultSeriesRenderStyle(CategorySeriesRenderStyle.Scatter);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
        chart.getStyler().setXAxisLabelRotation(60);
        chart.getStyler().setMarkerSize(9);
        series(
                chart,
                "another subject of the class",
                Color.GRAY,
                row -> row.withPrior().other());
        series(chart, "drawn", new Color(0x1f77b4), row -> row.withPrior().drawn());
        series(
                chart,
                "the subject itself",
                new Color(0x2ca02c),
                row -> row.withPrior().itself());
        series(chart, "class, before", Color.LIGHT_GRAY, row -> row.withPrior().classBefore());
        series(
                chart,
                "class, after",
                new Color(0xff7f0e),
                row -> row.withPrior().classAfter());
        try {
            BitmapEncoder.saveBitmap(chart, png.toString(), BitmapEncoder.BitmapFormat.PNG);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + png + ": " + e.getMessage(), e);
        }
    }

    private void series(CategoryChart chart, String name, Color colour, ToDoubleFunction<Row> number) {
        List<String> names = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        rows.forEach(row -> {
            names.add(row.name());
            values.add(number.applyAsDouble(row));
        });
        var series = chart.addSeries(name, names, values);
        series.setMarker(SeriesMarkers.CIRCLE);
        series.setMarkerColor(colour);
        series.setFillColor(colour);
    }
}
