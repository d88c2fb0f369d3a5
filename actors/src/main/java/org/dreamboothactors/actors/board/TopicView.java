package org.dreamboothactors.actors.board;

import java.util.Optional;

/**
 * A topic and who reads it.
 *
 * @param end sum of the partitions' end offsets; markers of transactions count
 * @param records between beginning and end, markers included
 * @param group the group whose backlog this is; empty when nobody reads the topic in a group
 * @param backlog records that the group has not finished
 * @param members consumers in the group right now
 * @param oldestSeconds how long the oldest work waits to be answered, or a run for a trainer; absent where none waits
 * @param dead records in its dead-letter topic; absent when it has none
 */
record TopicView(
        String name,
        boolean exists,
        long end,
        long records,
        String group,
        Optional<Long> backlog,
        int members,
        Optional<Double> oldestSeconds,
        Optional<Long> dead) {}
