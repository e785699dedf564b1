#include "steps.h"

#define AUTO_POINTS 200

static const uint32_t seconds[STEP_COUNT] = {0, 60, 300, 900, 3600, 21600, 86400, 604800};

uint32_t steps_seconds(enum series_step s)
{
    return seconds[s];
}

enum series_step steps_choose(int64_t from_ms, int64_t to_ms)
{
    for (int s = STEP_1M; s < STEP_1W; s++)
        if ((to_ms - from_ms) / 1000 / seconds[s] < AUTO_POINTS)
            return (enum series_step)s;
    return STEP_1W;
}

static int64_t floor_to(int64_t t, int64_t step)
{
    int64_t rest = t % step;
    return t - (rest < 0 ? rest + step : rest);
}

/* 1970-01-01 was a Thursday: days - 4 is a multiple of 7 on Mondays. */
static int64_t monday_of(int64_t day)
{
    return floor_to(day - 4, 7) + 4;
}

int64_t steps_begin(const struct zone *z, enum series_step s, int64_t t)
{
    int64_t step = (int64_t)seconds[s] * 1000;
    if (s == STEP_1W)
        return zone_day_start(z, monday_of(zone_day(z, t)));
    if (s == STEP_1D)
        return zone_day_start(z, zone_day(z, t));
    if (s == STEP_6H) {
        int64_t midnight = zone_day_start(z, zone_day(z, t));
        int64_t quarter = (t - midnight) / step;
        return midnight + (quarter > 3 ? 3 : quarter) * step;
    }
    int64_t offset = (int64_t)zone_offset(z, t) * 1000;
    return floor_to(t + offset, step) - offset;
}

int64_t steps_next(const struct zone *z, enum series_step s, int64_t begin)
{
    int64_t step = (int64_t)seconds[s] * 1000;
    if (s == STEP_1W)
        return zone_day_start(z, zone_day(z, begin) + 7);
    if (s == STEP_1D)
        return zone_day_start(z, zone_day(z, begin) + 1);
    if (s == STEP_6H) {
        int64_t midnight = zone_day_start(z, zone_day(z, begin));
        int64_t tomorrow = zone_day_start(z, zone_day(z, begin) + 1);
        bool last = begin - midnight >= 3 * step || begin + step >= tomorrow;
        return last ? tomorrow : begin + step;
    }
    /* Where the clocks change inside a step, the step that holds the far end is the next one. */
    int64_t next = steps_begin(z, s, begin + step);
    return next > begin ? next : begin + step;
}
