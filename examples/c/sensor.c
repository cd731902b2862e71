/* Forecasts a sensor: reads one value a line from stdin, updates the hidden state, and prints the forecast of the next
 * values with the prediction interval of the first level.
 *
 *     cc -std=c99 -O2 -Iinclude examples/c/sensor.c target/release/libelman_c.a -lm -lpthread -ldl -o sensor
 *     ./sensor MODEL [HISTORY] < values.txt
 *
 * The first HISTORY lines are the history of the sensor; without HISTORY, the forecast continues from the hidden state in
 * the model file. An empty line is a missing value. */
#include <elman.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void check(elman_status status)
{
    if (status != ELMAN_STATUS_OK) {
        fprintf(stderr, "error: %s\n", elman_last_error());
        exit((int)status);
    }
}

static void *allocate(size_t count, size_t size)
{
    void *array = calloc(count > 0 ? count : 1, size);
    if (array == NULL) {
        fprintf(stderr, "error: no memory for %zu values\n", count);
        exit(1);
    }
    return array;
}

/* Reads the next value; NaN for an empty line. Returns 0 at the end of the input. */
static int read_value(double *y)
{
    char line[128], *end;
    if (fgets(line, sizeof line, stdin) == NULL)
        return 0;
    *y = strtod(line, &end);
    int is_missing = end == line;
    if (is_missing)
        *y = NAN;
    while (*end == ' ' || *end == '\r' || *end == '\n')
        end++;
    if (*end != '\0') {
        fprintf(stderr, "error: not a number: %s", line);
        exit(3);
    }
    return 1;
}

static elman_online *start(const elman_model *model, const char *history)
{
    elman_online *online;
    if (history == NULL) {
        check(elman_online_continue(model, &online));
        return online;
    }
    size_t n = strtoul(history, NULL, 10), known = 0;
    double *values = allocate(n, sizeof *values);
    while (known < n && read_value(&values[known]))
        known++;
    if (known < n)
        fprintf(stderr, "note: the input ends after %zu values, in the history\n", known);
    check(elman_online_new(model, values, known, &online));
    if (*elman_last_notes() != '\0')
        fprintf(stderr, "note: %s\n", elman_last_notes());
    free(values);
    return online;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: %s MODEL [HISTORY] < values.txt\n", argv[0]);
        return 2;
    }
    elman_model *model;
    check(elman_model_load(argv[1], &model));
    elman_online *online = start(model, argv[2]);

    size_t horizon = elman_model_horizon(model), num_levels = elman_model_num_levels(model);
    double *levels = allocate(num_levels, sizeof *levels);
    double *values = allocate(horizon, sizeof *values);
    double *lower = allocate(num_levels * horizon, sizeof *lower);
    double *upper = allocate(num_levels * horizon, sizeof *upper);
    check(elman_model_levels(model, levels));

    double y;
    while (read_value(&y)) {
        check(elman_online_update(online, y));
        check(elman_online_forecast(online, horizon, values, lower, upper));
        printf("%g:", y);
        for (size_t step = 0; step < horizon; step++) {
            printf(" %.6g", values[step]);
            if (num_levels > 0)
                printf(" [%.6g, %.6g] %g %%", lower[step], upper[step], levels[0]);
        }
        printf("\n");
        fflush(stdout);
    }

    free(upper);
    free(lower);
    free(values);
    free(levels);
    elman_online_free(online);
    elman_model_free(model);
    return 0;
}
