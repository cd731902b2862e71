/* Forecasts of time series by a model file of elman: load the model, forecast a history, and update the hidden state value
 * by value. Written by `cargo xtask header` from the comments of crates/elman-c.
 *
 * Rules of all functions:
 * - A handle is NULL, or was returned by this library and is not yet freed. NULL is refused, and freeing NULL does nothing.
 * - An array has as many elements as stated. An array of 0 elements may be NULL.
 * - A function that makes a handle writes it to `out`, and NULL after a failure.
 * - `elman_last_error` is the message of the last failure of the calling thread.
 * - A model may be used by several threads at once; an online forecaster by one thread at a time, and by another thread later.
 *   A handle is freed when no other call uses it. A model may be freed before its online forecasters.
 * - No function prints, except for the report of a panic (`ELMAN_STATUS_PANIC`) on stderr, or starts a thread. */

#ifndef ELMAN_H
#define ELMAN_H

#include <stddef.h>
#include <stdint.h>

/**
 * Result of a function. The numbers 1 to 4 are the exit codes of the program `elman`.
 */
typedef enum {
    /**
     * Success.
     */
    ELMAN_STATUS_OK = 0,
    /**
     * A file cannot be read.
     */
    ELMAN_STATUS_IO = 1,
    /**
     * An argument is not possible: NULL, a horizon of 0, a path that is not UTF-8, a forecast that this model cannot
     * make.
     */
    ELMAN_STATUS_ARGUMENT = 2,
    /**
     * Values, a model file or a saved state that cannot be used; a forecast that is not finite.
     */
    ELMAN_STATUS_DATA = 3,
    /**
     * A training whose loss is not finite. No function of this version trains.
     */
    ELMAN_STATUS_DIVERGED = 4,
    /**
     * The buffer is too small; its necessary size was written.
     */
    ELMAN_STATUS_BUFFER = 5,
    /**
     * An error inside the library. Free the handle: its state is not known.
     */
    ELMAN_STATUS_PANIC = 6,
} elman_status;

/**
 * Fitted model of a model file. Never changes: any number of threads may use a model at once.
 */
typedef struct elman_model elman_model;

/**
 * Online forecaster of one series. One thread at a time may use an online forecaster; several online forecasters of one
 * model may be used at once.
 */
typedef struct elman_online elman_online;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Message of the last failure of this thread, in UTF-8: the reason, and often a line `help:` with the next step. Empty
 * before the first failure. Valid until the next failure of this thread.
 */
const char *elman_last_error(void);

/**
 * Notes on the last forecast by `elman_forecast`, or on the history of the last `elman_online_new`, of this thread: one
 * sentence a line, in UTF-8, such as values that were left out, or data unlike those of the training. Empty without notes.
 * Valid until the next of these calls.
 */
const char *elman_last_notes(void);

/**
 * Version of the library, such as "0.1.0". Always valid.
 */
const char *elman_version(void);

/**
 * Reads the model file `path`, written by `elman train`, `elman forecast --save` or the library. Free the model with
 * `elman_model_free`.
 */
elman_status elman_model_load(const char *path,
                              elman_model **out);

/**
 * As `elman_model_load`, of the `n` bytes of a model file, which may be freed after the call.
 */
elman_status elman_model_load_bytes(const uint8_t *bytes, size_t n, elman_model **out);

/**
 * Frees a model; NULL is allowed. Online forecasters of the model remain valid.
 */
void elman_model_free(elman_model *model);

/**
 * Horizon of the training: number of values that an online forecast has by default. 0 for NULL.
 */
size_t elman_model_horizon(const elman_model *model);

/**
 * Number of levels of the prediction intervals. 0 for NULL.
 */
size_t elman_model_num_levels(const elman_model *model);

/**
 * Writes the levels of the prediction intervals, in per cent, to `levels_out`, an array of `elman_model_num_levels`
 * elements.
 */
elman_status elman_model_levels(const elman_model *model,
                                double *levels_out);

/**
 * Forecasts the `horizon` values after the `n` values of one series, oldest first, at equal time steps; NaN is a missing
 * value. Any horizon from 1 to 1048576 is allowed: beyond that of the training, the forecast is recursive.
 *
 * `values_out` has `horizon` elements. `lower_out` and `upper_out` have `elman_model_num_levels` times `horizon` elements,
 * one row of `horizon` bounds for each level, and may be NULL. Bounds are NaN if the model has no intervals.
 */
elman_status elman_forecast(const elman_model *model,
                            const double *values,
                            size_t n,
                            size_t horizon,
                            double *values_out,
                            double *lower_out,
                            double *upper_out);

/**
 * Starts an online forecaster after the `n` values of a series, oldest first; NaN is a missing value. Free the forecaster
 * with `elman_online_free`.
 */
elman_status elman_online_new(const elman_model *model,
                              const double *values,
                              size_t n,
                              elman_online **out);

/**
 * Starts an online forecaster from the hidden state in the model file, after the last value of the training. Only models
 * of `elman train` on one series without covariates have this state.
 */
elman_status elman_online_continue(const elman_model *model,
                                   elman_online **out);

/**
 * Frees an online forecaster; NULL is allowed.
 */
void elman_online_free(elman_online *online);

/**
 * Updates the hidden state with the next value; NaN if it is missing. After a failure the state is unchanged.
 */
elman_status elman_online_update(elman_online *online,
                                 double y);

/**
 * Forecasts the `horizon` values after the last one, into arrays as those of `elman_forecast`.
 */
elman_status elman_online_forecast(elman_online *online,
                                   size_t horizon,
                                   double *values_out,
                                   double *lower_out,
                                   double *upper_out);

/**
 * Makes an independent copy: updates of one do not change the other.
 */
elman_status elman_online_fork(const elman_online *online, elman_online **out);

/**
 * Saves the state after the last value to `bytes_out`, a buffer of `capacity` bytes, and the size of the state to
 * `size_out`. If the buffer is too small, only the size is written, and the status is `ELMAN_STATUS_BUFFER`: a call with
 * NULL and a capacity of 0 asks for the size. The size may grow with later updates.
 */
elman_status elman_online_state(const elman_online *online,
                                uint8_t *bytes_out,
                                size_t capacity,
                                size_t *size_out);

/**
 * Continues from a state that `elman_online_state` saved with the same model: the forecasts are the same, bit for bit.
 */
elman_status elman_online_resume(const elman_model *model,
                                 const uint8_t *bytes,
                                 size_t n,
                                 elman_online **out);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* ELMAN_H */
