/* Time of one observation through the C interface: an update of the hidden state and a forecast, as the example online_speed
 * of Rust measures it. MODEL is a model of `elman train` on one series.
 *
 *     cc -std=c99 -O2 -Iinclude examples/c/speed.c target/release/libelman_c.a -lm -lpthread -ldl -o speed
 *     ./speed MODEL [COUNT] */
#include <elman.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv)
{
    long count = argc > 2 ? atol(argv[2]) : 100000;
    elman_model *model = NULL;
    elman_online *online = NULL;
    if (argc < 2 || elman_model_load(argv[1], &model) != ELMAN_STATUS_OK
        || elman_online_continue(model, &online) != ELMAN_STATUS_OK) {
        fprintf(stderr, "usage: %s MODEL [COUNT]\n%s\n", argv[0], elman_last_error());
        return 2;
    }
    size_t horizon = elman_model_horizon(model), num_levels = elman_model_num_levels(model);
    double *room = calloc((1 + 2 * num_levels) * horizon, sizeof *room);
    if (room == NULL)
        return 1;
    double *lower = room + horizon, *upper = lower + num_levels * horizon;

    double fastest = 0.0;
    for (int run = 0; run < 7; run++) {
        clock_t start = clock();
        for (long t = 0; t < count; t++) {
            if (elman_online_update(online, 50.0 + (double)(t % 20)) != ELMAN_STATUS_OK
                || elman_online_forecast(online, horizon, room, lower, upper) != ELMAN_STATUS_OK) {
                fprintf(stderr, "error: %s\n", elman_last_error());
                return 1;
            }
        }
        double elapsed = (double)(clock() - start) / CLOCKS_PER_SEC * 1e6 / (double)count;
        if (run == 0 || elapsed < fastest)
            fastest = elapsed;
    }
    printf("update and forecast %.3f us\n", fastest);

    free(room);
    elman_online_free(online);
    elman_model_free(model);
    return 0;
}
