package org.dreamboothactors.actors.coordinator;

/** How a run ended. It ends once and stays so. */
sealed interface End {

    /** Its last checkpoint is published. */
    record Ready(long step) implements End {}

    /** It was never begun. */
    record Rejected(String reason) implements End {}

    record Failed(String reason) implements End {}

    record Cancelled(String reason) implements End {}

    /** For people, e.g. {@code was cancelled}. */
    default String word() {
        return switch (this) {
            case Ready _ -> "is ready";
            case Rejected _ -> "was rejected";
            case Failed _ -> "failed";
            case Cancelled _ -> "was cancelled";
        };
    }
}
