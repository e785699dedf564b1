/* pitfall_shapes.c: Whole records in shapes that strict readers lose. */
#include "pitfalls.h"

#define U PITFALL_USER
#define C PITFALL_CONTENT

const struct pitfall pitfall_shapes[] = {
    PITFALL("type-last",
            "{\"message\":{\"content\":\"type comes last\"},\"uuid\":\"" PITFALL_UUID(
                "42") "\",\"type\":\"user\"}\n",
            1, 0, 0),
    PITFALL("nested-type",
            "{\"toolUseResult\":{\"type\":\"user\",\"message\":{\"content\":\"not "
            "this\"}},\"type\":\"progress\"}\n",
            0, 1, 0),
    PITFALL(
        "quoted-record",
        U("43",
          "{\\\"type\\\":\\\"assistant\\\",\\\"message\\\":{\\\"content\\\":\\\"quoted\\\"}}") "\n",
        1, 0, 0),
    PITFALL(
        "escaped-keys",
        "{\"\\u0074ype\":\"us\\u0065r\",\"uuid\":\"" PITFALL_UUID(
            "44") "\",\"mess\\u0061ge\":{\"\\u0063ontent\":\"k\\u0065ys and \\u0077orktree\"}}\n",
        1, 0, 0),
    PITFALL("escaped-block",
            C("45", "assistant",
              "[{\"t\\u0079pe\":\"te\\u0078t\",\"text\":\"esc\\u0061ped block\"}]") "\n",
            1, 0, 0),
    PITFALL("duplicate-keys",
            "{\"type\":\"mode\",\"uuid\":\"" PITFALL_UUID(
                "46") "\",\"message\":{\"content\":\"first\"},\"type\":\"user\",\"message\":{"
                      "\"content\":\"dropped\",\"content\":\"lastwins\"}}\n",
            1, 0, 0),
    PITFALL(
        "duplicate-text",
        C("47", "user",
          "[{\"type\":\"text\",\"text\":\"dropped\",\"text\":\"kept\",\"type\":\"text\"}]") "\n",
        1, 0, 0),
    PITFALL("no-uuid",
            "{\"type\":\"user\",\"timestamp\":\"2026-01-05T00:00:00Z\",\"message\":{\"content\":"
            "\"no uuid\"}}\n{\"type\":\"user\",\"uuid\":\"\",\"message\":{\"content\":\"empty "
            "uuid\"}}\n{\"type\":\"user\",\"uuid\":7,\"message\":{\"content\":\"number uuid\"}}\n",
            3, 0, 0),
    PITFALL("no-names",
            "{\"type\":\"user\",\"message\":{\"content\":\"no session, no "
            "cwd\"}}\n{\"type\":\"assistant\",\"message\":{\"content\":\"neither\",\"model\":\"\"},"
            "\"gitBranch\":\"\"}\n",
            2, 0, 0),
    PITFALL(
        "times",
        U("48",
          "before") "\n{\"type\":\"user\",\"timestamp\":\"2026-02-03T04:05:06+02:00\",\"message\":"
                    "\"offset\"}\n{\"type\":\"user\",\"timestamp\":\"2026-02-03T04:05:06\","
                    "\"message\":\"no "
                    "offset\"}\n{\"type\":\"user\",\"timestamp\":\"2026-02-03T04:05:06.123456789-"
                    "05:30\",\"message\":\"nanoseconds\"}\n{\"type\":\"user\",\"timestamp\":"
                    "1770000000,\"message\":\"seconds\"}\n{\"type\":\"user\",\"timestamp\":"
                    "1770000000123,\"message\":\"milliseconds\"}\n{\"type\":\"user\",\"timestamp\":"
                    "1770000000.9876,\"message\":\"fraction\"}\n{\"type\":\"user\",\"timestamp\":"
                    "\"yesterday\",\"message\":\"unreadable\"}\n{\"type\":\"user\",\"timestamp\":"
                    "null,\"message\":\"null\"}\n{\"type\":\"user\",\"timestamp\":\"2026-02-30T00:"
                    "00:00Z\",\"message\":\"no such day\"}\n",
        10, 0, 0),
    PITFALL("time-after",
            "{\"type\":\"summary\",\"summary\":\"borrows the next "
            "time\"}\n{\"type\":\"mode\",\"timestamp\":\"2026-03-04T05:06:07.089Z\"}\n{\"type\":"
            "\"summary\",\"summary\":\"borrows the time before\"}\n",
            2, 1, 0),
    PITFALL("time-none", "{\"type\":\"summary\",\"summary\":\"only the file has a time\"}\n", 1, 0,
            0),
    PITFALL("cwd-later",
            "{\"type\":\"user\",\"message\":\"before any cwd\",\"uuid\":\"" PITFALL_UUID(
                "49") "\"}\n{\"type\":\"progress\",\"cwd\":\"/home/mia/"
                      "late\"}\n{\"type\":\"user\",\"cwd\":\"/home/mia/"
                      "later\",\"message\":\"after\"}\n",
            2, 1, 0),
    PITFALL("unknown-types",
            "{\"type\":\"from-the-future\",\"uuid\":\"" PITFALL_UUID(
                "50") "\"}\n{\"type\":null}\n{\"type\":[\"user\"]}\n{\"message\":{\"role\":"
                      "\"user\",\"content\":\"no type\"}}\n",
            0, 4, 0),
    PITFALL("unknown-blocks",
            C("51", "assistant",
              "[{\"type\":\"hologram\",\"text\":\"unseen\"},{\"type\":\"document\",\"source\":{"
              "\"type\":\"text\",\"data\":\"unseen\"}},{\"text\":\"untyped\"},null,7,[\"deep\"],{"
              "\"type\":\"text\",\"text\":\"seen\"}]") "\n",
            1, 0, 0),
    PITFALL(
        "bare-strings",
        C("52", "user", "[\"bare one\",{\"type\":\"text\",\"text\":\"\"},\"bare two\"]") "\n" C(
            "53", "assistant",
            "\"bare content\"") "\n" PITFALL_HEAD
                                ",\"type\":\"assistant\",\"message\":\"bare message\"" PITFALL_TAIL(
                                    "54") "\n" C("55", "user",
                                                 "[{\"type\":\"tool_result\",\"tool_use_id\":\"t\","
                                                 "\"content\":[\"bare "
                                                 "item\",{\"type\":\"text\",\"text\":\"block "
                                                 "item\"}]}]") "\n",
        4, 0, 0),
    PITFALL("null-content",
            C("56", "user",
              "null") "\n" C("57", "assistant",
                             "[]") "\n" PITFALL_HEAD
                                   ",\"type\":\"user\",\"message\":null" PITFALL_TAIL(
                                       "58") "\n" PITFALL_HEAD
                                             ",\"type\":\"user\"" PITFALL_TAIL("59") "\n" C(
                                                 "60", "user",
                                                 "[{\"type\":\"tool_result\",\"tool_use_id\":\"t\","
                                                 "\"content\":null},{\"type\":\"text\",\"text\":"
                                                 "null}]") "\n" C("61", "user",
                                                                  "{\"type\":\"text\",\"text\":"
                                                                  "\"lonely\"}") "\n",
            6, 0, 0),
    PITFALL(
        "tools",
        C("62", "assistant",
          "[{\"type\":\"tool_use\",\"id\":\"toolu_a\",\"name\":\"Bash\",\"input\":{"
          "\"command\":\"echo "
          "one\",\"nested\":{\"deep\":[\"two\",{\"x\":\"three\"}],\"n\":4}}},{\"type\":"
          "\"tool_use\",\"id\":\"toolu_b\",\"name\":\"NotebookEdit\",\"input\":{\"notebook_"
          "path\":\"/home/mia/a.ipynb\",\"path\":\"/home/mia/"
          "b\",\"file_path\":9}},{\"type\":\"tool_use\",\"name\":\"Bash\"}]") "\n" C("63", "user",
                                                                                     "[{"
                                                                                     "\"type"
                                                                                     "\":"
                                                                                     "\"tool_"
                                                                                     "result"
                                                                                     "\","
                                                                                     "\"tool_"
                                                                                     "use_"
                                                                                     "id\":"
                                                                                     "\"toolu"
                                                                                     "_b\","
                                                                                     "\"conte"
                                                                                     "nt\":"
                                                                                     "\"of "
                                                                                     "the "
                                                                                     "noteboo"
                                                                                     "k\"},{"
                                                                                     "\"type"
                                                                                     "\":"
                                                                                     "\"tool_"
                                                                                     "result"
                                                                                     "\","
                                                                                     "\"tool_"
                                                                                     "use_"
                                                                                     "id\":"
                                                                                     "\"toolu"
                                                                                     "_later"
                                                                                     "\","
                                                                                     "\"conte"
                                                                                     "nt\":"
                                                                                     "\"of a "
                                                                                     "later "
                                                                                     "call\","
                                                                                     "\"is_"
                                                                                     "error\""
                                                                                     ":true},"
                                                                                     "{\"type"
                                                                                     "\":"
                                                                                     "\"text"
                                                                                     "\","
                                                                                     "\"text"
                                                                                     "\":"
                                                                                     "\"and "
                                                                                     "said\"}"
                                                                                     "]") "\n" C("6"
                                                                                                 "4",
                                                                                                 "a"
                                                                                                 "s"
                                                                                                 "s"
                                                                                                 "i"
                                                                                                 "s"
                                                                                                 "t"
                                                                                                 "a"
                                                                                                 "n"
                                                                                                 "t",
                                                                                                 "["
                                                                                                 "{"
                                                                                                 "\"type\":\"tool_use\",\"id\":\"toolu_later\",\"name\":\"Read\",\"input\":{\"file_path\":\"/home/mia/c.txt\"}}]") "\n" C("65",
                                                                                                                                                                                                                          "user",
                                                                                                                                                                                                                          "[{\"type\":\"tool_result\",\"tool_use_id\":\"toolu_later\",\"content\":[{\"type\":\"image\",\"source\":{}},{\"type\":\"text\",\"text\":\"read\"}],\"is_error\":\"true\"}]") "\n",
        4, 0, 0),
    PITFALL(
        "result-before-call",
        C("66", "user",
          "[{\"type\":\"tool_result\",\"tool_use_id\":\"toolu_c\",\"content\":\"answer first\"}]")
            C("67", "assistant",
              "[{\"type\":\"tool_use\",\"id\":\"toolu_c\",\"name\":\"Glob\",\"input\":\"bare "
              "input\"}]") "\n" C("68", "user",
                                  "[{\"type\":\"tool_result\",\"tool_use_id\":\"toolu_c\","
                                  "\"content\":\"answer second\"}]") "\n",
        3, 0, 0),
    PITFALL(
        "folding",
        U("69", "\u212aelvin wor\u212atree") "\n" U("70", "\u017fafe pa\u017f\u017f") "\n" U("71", "stra\u00dfe STRASSE stra\u1e9ee") "\n" U(
            "72",
            "\u0130stanbul \u0131\u015f\u0131k") "\n" U("73",
                                                        "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf"
                                                        "\u03c2") "\n" U("74",
                                                                         "\ufb03 \u01c5 \u01c6 "
                                                                         "\u01c4 \u1e9b \u1e61 "
                                                                         "\u1e60") "\n" U("75",
                                                                                          "\u10d0"
                                                                                          "\u1c90 "
                                                                                          "\u13a0"
                                                                                          "\uab70 "
                                                                                          "\u2c6f"
                                                                                          "\u0250 "
                                                                                          "\U00010400\U00010428") "\n",
        7, 0, 0),
    PITFALL("escapes",
            U("76", "say \\\"hi\\\" to C:\\\\new \\/usr\\/bin\\n\\ttab\\r\\b\\f") "\n" U(
                "77", "nul \\u0000 inside and \\u001b[31mred") "\n" U("78",
                                                                      "\\u0077\\u006f\\u0072\\u006b"
                                                                      "\\u0074\\u0072\\u0065\\u006"
                                                                      "5") "\n" U("79",
                                                                                  "\\uD83D\\uDE80 "
                                                                                  "rocket \\u00e9 "
                                                                                  "\\u4E2D") "\n",
            4, 0, 0),
    PITFALL("numbers",
            "{\"type\":\"user\",\"n\":123456789012345678901234567890e999,\"m\":-0.0,\"message\":{"
            "\"content\":\"huge "
            "numbers\",\"usage\":{\"output_tokens\":99999999999999999999,\"input_tokens\":-5,"
            "\"cache_read_input_tokens\":1.5}},\"uuid\":\"" PITFALL_UUID("80") "\"}\n",
            1, 0, 0),
    PITFALL(
        "kinds",
        U("81", " \\n\\t<command-name>/x</command-name>") "\n" U("82", "<command-names>") "\n" U(
            "83",
            "[Request interrupted by user]") "\n" C("84", "user",
                                                    "[{\"type\":\"text\",\"text\":\"\"},{\"type\":"
                                                    "\"text\",\"text\":\"<bash-stdout>out</"
                                                    "bash-stdout>\"},{\"type\":\"text\",\"text\":"
                                                    "\"more\"}]") "\n" C("85", "user",
                                                                         "[{\"type\":\"text\","
                                                                         "\"text\":\"a "
                                                                         "prompt\"},{\"type\":"
                                                                         "\"text\",\"text\":\"<"
                                                                         "bash-input>\"},{\"type\":"
                                                                         "\"image\"}]") "\n",
        5, 0, 0),
    PITFALL(
        "systems",
        "{\"type\":\"system\",\"subtype\":\"away_summary\",\"content\":\"a "
        "recap\",\"level\":\"error\",\"uuid\":\"" PITFALL_UUID(
            "86") "\"}\n{\"type\":\"system\",\"content\":[\"no "
                  "string\"]}\n{\"type\":\"system\",\"subtype\":\"compact_boundary\",\"content\":"
                  "\"\",\"uuid\":\"" PITFALL_UUID("87") "\"}\n{\"type\":\"summary\"}\n{\"type\":"
                                                        "\"summary\",\"summary\":{\"no\":"
                                                        "\"string\"}}\n",
        4, 1, 0),
    PITFALL(
        "queued",
        PITFALL_HEAD
        ",\"type\":\"attachment\",\"attachment\":{\"type\":\"queued_command\",\"prompt\":\"queued "
        "words\",\"commandMode\":\"prompt\"}" PITFALL_TAIL(
            "88") "\n" PITFALL_HEAD
                  ",\"type\":\"attachment\",\"attachment\":{\"prompt\":[{\"type\":\"text\","
                  "\"text\":\"queued "
                  "block\"},{\"type\":\"image\"}],\"commandMode\":\"prompt\",\"type\":\"queued_"
                  "command\"}" PITFALL_TAIL(
                      "89") "\n" PITFALL_HEAD
                            ",\"type\":\"attachment\",\"attachment\":{\"type\":\"queued_command\","
                            "\"prompt\":\"a "
                            "notification\",\"commandMode\":\"task-notification\"}" PITFALL_TAIL(
                                "90") "\n" PITFALL_HEAD
                                      ",\"type\":\"attachment\",\"attachment\":{\"type\":\"hook_"
                                      "success\",\"prompt\":\"no prompt\"}" PITFALL_TAIL(
                                          "91") "\n{\"type\":\"attachment\",\"attachment\":null}\n",
        2, 3, 0),
    PITFALL(
        "flags",
        PITFALL_HEAD
        ",\"type\":\"user\",\"isMeta\":\"true\",\"isSidechain\":1,\"message\":\"flags that are no "
        "booleans\"" PITFALL_TAIL(
            "92") "\n" PITFALL_HEAD
                  ",\"type\":\"user\",\"isMeta\":true,\"isSidechain\":true,\"isCompactSummary\":"
                  "true,\"agentId\":\"aside\",\"message\":\"all flags\"" PITFALL_TAIL("93") "\n",
        2, 0, 0),
    PITFALL("side-only",
            "{\"type\":\"file-history-snapshot\",\"messageId\":\"x\"}\n{\"type\":\"custom-title\","
            "\"customTitle\":\"t\"}\n",
            0, 2, 0),
    PITFALL(
        "parts",
        C("94", "assistant",
          "[{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"c2ln\"}]") "\n" C("95",
                                                                                       "assistant",
                                                                                       "[{\"type\":"
                                                                                       "\"thinking"
                                                                                       "\","
                                                                                       "\"thinking"
                                                                                       "\":\"deep "
                                                                                       "thought\"},"
                                                                                       "{\"type\":"
                                                                                       "\"redacted_"
                                                                                       "thinking\","
                                                                                       "\"data\":"
                                                                                       "\"eA==\"},{"
                                                                                       "\"type\":"
                                                                                       "\"text\","
                                                                                       "\"text\":"
                                                                                       "\"said\"},{"
                                                                                       "\"type\":"
                                                                                       "\"text\","
                                                                                       "\"text\":"
                                                                                       "\"twice\"},"
                                                                                       "{\"type\":"
                                                                                       "\"tool_"
                                                                                       "use\","
                                                                                       "\"id\":"
                                                                                       "\"toolu_"
                                                                                       "d\","
                                                                                       "\"name\":"
                                                                                       "\"mcp__a__"
                                                                                       "b\","
                                                                                       "\"input\":{"
                                                                                       "\"q\":\"\","
                                                                                       "\"list\":[]"
                                                                                       "}}]") "\n",
        2, 0, 0),
    PITFALL("00000000-0000-4000-9000-000000000000", U("96", "the copy at home") "\n", 1, 0, 0),
    {"another-copy", U("96", "the copy at home") "\n", sizeof(U("96", "the copy at home") "\n") - 1,
     1, 0, 0, 1},
};

const size_t pitfall_shapes_count = sizeof pitfall_shapes / sizeof *pitfall_shapes;
