/* byte_rank.h: How common each byte is in transcripts, to search for the rare ones. */
#ifndef SCROLLBACK_BYTE_RANK_H
#define SCROLLBACK_BYTE_RANK_H

#include <stdint.h>

/* Steps of a logarithmic scale: BYTE_RANK_STEP of them double the probability; the highest, 255,
 * is certainty. */
#define BYTE_RANK_STEP (255.0 / 24)

extern const uint8_t byte_rank_table[256];

#endif
