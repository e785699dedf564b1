#include "title.h"

#include "discover.h"
#include "reader.h"
#include "span.h"
#include "temp_tree.h"
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static void test_texts_become_titles(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *title;
    } rows[] = {
        {"fix the build", "fix the build"},
        {"  fix\n\n\tthe   build \r\n", "fix the build"},
        {"", ""},
        {" \n ", ""},
        {"a\x01\x7f\x1b[31mb", "a [31mb"},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
    };
    struct span out;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(title_from_text(span_of(rows[i].text), &arena, &out), 0);
        if (!span_equal(out, span_of(rows[i].title)))
            fail_msg("%s: \"%.*s\"", rows[i].text, (int)out.len, out.ptr);
    }
    char text[1200];
    for (size_t i = 0; i < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xa4", 2);
    assert_int_equal(title_from_text((struct span){text, sizeof text}, &arena, &out), 0);
    assert_int_equal(out.len, 2 * TITLE_CHARS);
}

static void test_titles_in_files(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        const char *title; /* NULL: none */
    } rows[] = {
        {"{\"type\":\"ai-title\",\"aiTitle\":\"one\"}\n{\"type\":\"ai-title\",\"aiTitle\":\"two\"}"
         "\n",
         "two"},
        {"{\"type\":\"custom-title\",\"customTitle\":\"mine\"}\n{\"type\":\"ai-title\",\"aiTitle\":"
         "\"two\"}\n",
         "mine"},
        {"{\"type\":\"custom-title\",\"customTitle\":\"a\"}\n{\"type\":\"custom-title\","
         "\"customTitle\":\"\\u00e9 b\"}",
         "\xc3\xa9 b"},
        {"{\"type\":\"custom-title\",\"customTitle\":\"a\"}\n{\"type\":\"custom-title\","
         "\"customTitle\":\"\"}\n",
         "a"},
        {"{\"type\":\"custom-title\",\"customTitle\":7}\n", NULL},
        {"{\"type\":\"custom-title\",\"customTitle\":\"cut off", NULL},
        {"{\"type\":\"user\",\"message\":{\"content\":\"\\\"custom-title\\\",\\\"customTitle\\\":"
         "\\\"x\\\"\"}}\n",
         NULL},
        {"{\"a\":{\"type\":\"custom-title\",\"customTitle\":\"inner\"}}\n", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct temp_tree t;
        struct source_list *list;
        struct reader *r;
        struct error err = {0};
        struct span out;
        temp_tree_make(&t);
        temp_tree_write(&t, "p/s.jsonl", span_of(rows[i].lines));
        const char *root = t.path;
        assert_int_equal(discover_sources(&root, 1, &list, &err), 0);
        assert_int_equal(reader_new(&r), 0);
        assert_int_equal(title_read(r, &list->items[0], &arena, &out), 0);
        assert_int_equal(out.ptr == NULL, rows[i].title == NULL);
        if (rows[i].title != NULL && !span_equal(out, span_of(rows[i].title)))
            fail_msg("row %zu: \"%.*s\"", i, (int)out.len, out.ptr);
        reader_free(r);
        source_list_free(list);
        temp_tree_remove(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_become_titles),
        cmocka_unit_test(test_titles_in_files),
    };
    arena_init(&arena);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_clear(&arena);
    return failed;
}
