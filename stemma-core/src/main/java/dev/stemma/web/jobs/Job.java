package dev.stemma.web.jobs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One job as it is stored.
 *
 * @param id not to be guessed: 32 hexadecimal digits
 * @param number in the order in which jobs came
 * @param title the models' names, for people
 * @param attempts how often it was begun
 * @param client who asked for it
 * @param relation the verdict's, once there is one
 * @param problem what went wrong, as JSON, where something did
 * @param share the secret part of its public address, where it is shared
 */
public record Job(
    String id,
    long number,
    JobRequest request,
    String title,
    JobState state,
    Instant created,
    @Nullable Instant started,
    @Nullable Instant finished,
    int attempts,
    String client,
    @Nullable String relation,
    @Nullable String problem,
    @Nullable String share) {}
