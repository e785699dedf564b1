#include "words.h"

#include <string.h>

enum { SLOTS = 1 << 16, STORE = 1 << 20, RUSSIAN = 4000, CHINESE = 2500 };

static const char common[] =
    "the to of and a in is that it for this on with as be are was if not from or by we can an have "
    "file error test function code line run use add should return type name value when all data "
    "set new get list need will which has build change check fix now there call string path user "
    "update let but only so first they then output true false null command server request response "
    "index config import const async await class method field key object array number time message "
    "session project branch commit merge git worktree pull push rebase main module package version "
    "install dependency library header source target script shell bash python rust typescript node "
    "react component render state props hook event handler listener callback promise thread lock "
    "queue worker pool buffer stream read write open close parse token lexer parser tree search "
    "query match regex pattern filter sort order limit cursor page cache store database table "
    "column row schema migration transaction rollback insert select join where group count sum "
    "permission denied timeout retry failed success warning debug info trace log metric counter "
    "histogram latency throughput memory leak pointer reference struct enum union interface "
    "implement refactor rename remove delete create update deploy release docker container image "
    "kubernetes cluster service endpoint route header body status payload json yaml toml markdown "
    "document readme comment explain review approve reject look think probably maybe because since "
    "however actually instead before after while until again already always never often looks good "
    "great thanks please could would might must done works broken wrong right left side window "
    "button style color font layout margin border grid width height screen mobile browser click "
    "login password secret account email address phone country language translate locale timezone "
    "date format number currency price cost total tax invoice order customer product cart payment";

static const char *const russian_syllables[] = {
    "о",  "ша", "фа", "ил",  "по", "рав", "ить", "ка", "на", "не",  "что", "за", "пис", "ки",
    "да", "во", "ре", "ста", "ти", "то",  "ком", "му", "об", "нов", "ля",  "де", "сть", "ёж"};

static const char *const syllables[] = {
    "ba", "ce", "di", "fo", "gu", "ha",  "ki",  "lo",  "mu",  "ne",  "pa",  "qu",  "ri", "so",
    "ta", "ve", "wi", "xy", "zo", "ban", "cor", "del", "fen", "gor", "lis", "mar", "ten"};

struct vocabulary {
    struct word words[WORDS_COUNT];
    size_t count;
    uint16_t slots[SLOTS]; /* a random slot holds a rank in Zipf's proportion */
};

static struct vocabulary tables[LANGUAGE_COUNT];
static char store[STORE];
static size_t stored;

static void keep(struct vocabulary *v, const char *text, size_t len)
{
    memcpy(store + stored, text, len);
    v->words[v->count++] = (struct word){store + stored, (unsigned char)len};
    stored += len;
}

static void add_common(struct vocabulary *v)
{
    for (const char *at = common; *at;) {
        size_t len = strcspn(at, " ");
        keep(v, at, len);
        at += len + strspn(at + len, " ");
    }
}

static void add_made_up(struct vocabulary *v, const char *const *pool, size_t pool_count,
                        size_t count, size_t longest, struct rng *r)
{
    while (v->count < count) {
        char word[40];
        size_t len = 0, parts = rng_between(r, 2, longest);
        for (size_t i = 0; i < parts; i++) {
            const char *part = pool[rng_below(r, pool_count)];
            size_t part_len = strlen(part);
            memcpy(word + len, part, part_len);
            len += part_len;
        }
        keep(v, word, len);
    }
}

/* One or two characters of the commonest block of Han, or kana in between. */
static void add_chinese(struct vocabulary *v, struct rng *r)
{
    while (v->count < CHINESE) {
        char word[8];
        size_t len = 0;
        for (uint64_t i = rng_between(r, 1, 2); i > 0; i--) {
            uint32_t code = (uint32_t)(rng_chance(r, 10) ? 0x3042 + rng_below(r, 0x50)
                                                         : 0x4e00 + rng_below(r, 0x1000));
            word[len++] = (char)(0xe0 | code >> 12);
            word[len++] = (char)(0x80 | (code >> 6 & 63));
            word[len++] = (char)(0x80 | (code & 63));
        }
        keep(v, word, len);
    }
}

static void fill_slots(struct vocabulary *v)
{
    double sum = 0, share = 0;
    size_t slot = 0;
    for (size_t rank = 0; rank < v->count; rank++)
        sum += 1.0 / (double)(rank + 2);
    for (size_t rank = 0; rank < v->count && slot < SLOTS; rank++) {
        share += 1.0 / (double)(rank + 2) / sum;
        size_t end = (size_t)(share * SLOTS);
        while (slot < end && slot < SLOTS)
            v->slots[slot++] = (uint16_t)rank;
    }
    while (slot < SLOTS)
        v->slots[slot++] = 0;
}

void words_init(void)
{
    struct rng r = {20260101};
    add_common(&tables[LANGUAGE_ENGLISH]);
    add_made_up(&tables[LANGUAGE_ENGLISH], syllables, sizeof syllables / sizeof *syllables,
                WORDS_COUNT, 5, &r);
    add_made_up(&tables[LANGUAGE_RUSSIAN], russian_syllables,
                sizeof russian_syllables / sizeof *russian_syllables, RUSSIAN, 4, &r);
    add_chinese(&tables[LANGUAGE_CHINESE], &r);
    for (size_t i = 0; i < LANGUAGE_COUNT; i++)
        fill_slots(&tables[i]);
}

struct word words_pick(struct rng *r, enum language language)
{
    const struct vocabulary *v = &tables[language];
    uint64_t random = rng_next(r);
    /* Ranks too rare for a slot of their own share one draw in 64. */
    if (random % 64 == 0)
        return v->words[(random >> 32) % v->count];
    return v->words[v->slots[random >> 48]];
}

struct word words_at(size_t rank)
{
    return tables[LANGUAGE_ENGLISH].words[rank];
}
