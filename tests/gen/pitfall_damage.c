/* pitfall_damage.c: Files that a crash, a race or another program left damaged. */
#include "pitfalls.h"

#define U PITFALL_USER
#define SIDE "{\"type\":\"mode\",\"mode\":\"normal\"}"

const struct pitfall pitfall_damage[] = {
    PITFALL("empty", "", 0, 0, 0),
    PITFALL("blank-lines", "\n\n   \n\t\r\n" U("01", "after blank lines") "\n\n", 1, 0, 0),
    PITFALL("glued",
            U("02", "first of two") U("03", "second of two") "\n" U("04", "next line") "\n", 3, 0,
            0),
    PITFALL("glued-three", U("05", "one") SIDE U("06", "three") "\n", 2, 1, 0),
    PITFALL("glued-space", U("07", "left") " \t " U("08", "right") "\n", 2, 0, 0),
    PITFALL("torn-then-whole",
            "{\"parentUuid\":\"12-34\",\"isSide" U("09", "behind a torn one") "\n", 1, 0, 0),
    PITFALL("torn-in-string",
            "{\"type\":\"user\",\"message\":{\"content\":\"never fin" U(
                "10", "behind an open string") "\n",
            1, 0, 0),
    PITFALL("torn-then-side", "{\"parentUuid\":nu" SIDE "\n", 0, 1, 0),
    PITFALL("torn-then-uuid",
            "{\"parentUuid\":nu{\"uuid\":\"" PITFALL_UUID(
                "11") "\",\"type\":\"user\",\"message\":\"by uuid\"}\n",
            1, 0, 0),
    PITFALL("torn-nested",
            "{\"parentUuid\":null,\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"inner\"},"
            "{\"ty" U("12", "outer") "\n",
            1, 1, 0),
    PITFALL("whole-then-torn",
            U("13", "whole before torn") "{\"parentUuid\":\"12\n" U("14", "line after") "\n", 2, 0,
            0),
    PITFALL("torn-line", "{\"parentUuid\":\"12-34\",\"isSide\n" U("15", "after a torn line") "\n",
            1, 0, 1),
    PITFALL("garbage-lines",
            "hello world\n}\n]\n{\n\"open\n{\"type\" \"user\"}\n{\"type\":}\n" U(
                "16", "among garbage") "\n",
            1, 0, 7),
    PITFALL("garbage-behind", U("17", "garbage behind") "garbage\n", 1, 0, 0),
    PITFALL("other-values", "42\n\"text\"\n[1,2]\ntrue\nnull\n-1.5e3\n{}\n[]\n", 0, 8, 0),
    PITFALL("nul-before", "\0\0\0\0" U("18", "nul before") "\n", 1, 0, 0),
    PITFALL("nul-behind", U("19", "nul behind") "\0\0\0\0\n" U("20", "next") "\n", 2, 0, 0),
    PITFALL("nul-between", U("21", "nul left") "\0\0" U("22", "nul right") "\n", 2, 0, 0),
    PITFALL("nul-line", "\0\0\0\0\0\0\n" U("23", "after a line of nuls") "\n", 1, 0, 0),
    PITFALL("nul-tail", U("24", "before the tail") "\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 1, 0, 0),
    PITFALL("bom",
            "\xef\xbb\xbf" U("25", "behind a bom") "\n\xef\xbb\xbf" U("26", "bom on line two") "\n",
            2, 0, 0),
    PITFALL("crlf", U("27", "carriage") "\r\n" SIDE "\r\n" U("28", "return") "\r\n\r\n", 2, 1, 0),
    PITFALL("unterminated-whole", U("29", "before") "\n" U("30", "whole without newline"), 2, 0, 0),
    PITFALL("unterminated-torn",
            U("31", "before the torn end") "\n{\"parentUuid\":null,\"type\":\"user\",\"mess", 1, 0,
            0),
    PITFALL("unterminated-nul", U("32", "whole, then nuls") "\0\0\0", 1, 0, 0),
    PITFALL("only-torn", "{\"parentUuid\":null,\"ty", 0, 0, 0),
    PITFALL("invalid-utf8",
            U("33", "latin caf\xe9 and \xff\xfe and \xe2\x82 cut") "\n" U(
                "34", "\xed\xa0\xbd\xc0\xaf") "\n",
            2, 0, 0),
    PITFALL("invalid-utf8-skipped",
            PITFALL_HEAD ",\"toolUseResult\":\"\xff\xc3\",\"type\":\"user\",\"message\":{"
                         "\"content\":\"skipped bytes\"}" PITFALL_TAIL("35") "\n",
            1, 0, 0),
    PITFALL("lone-surrogates",
            U("36", "high \\ud83d end") "\n" U("37", "low \\ude00 \\ud83d\\ud83d\\ude00") "\n" U(
                "38", "quoted \\\\ud83d") "\n",
            3, 0, 0),
    PITFALL("skipped-garbage",
            PITFALL_HEAD
            ",\"toolUseResult\":{\"a\":[tru,1.2.3,{\"b\":\"\\q\"}]},\"type\":\"user\",\"message\":{"
            "\"content\":\"lenient where skipped\"}" PITFALL_TAIL("39") "\n",
            1, 0, 0),
    PITFALL("spaces",
            "  { \"type\" : \"user\" , \"uuid\" : \"" PITFALL_UUID(
                "40") "\" ,\t\"message\" : { \"content\" : [ { \"text\" : \"spaced out\" , "
                      "\"type\" : \"text\" } ] } }  \n",
            1, 0, 0),
    PITFALL("raw-control", U("41", "a raw\ttab") "\n", 1, 0, 0),
};

const size_t pitfall_damage_count = sizeof pitfall_damage / sizeof *pitfall_damage;
