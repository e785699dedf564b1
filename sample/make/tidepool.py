"""A small web app for tide tables: a flaky test, a dark theme, a fork of a session."""

from .transcript import Session

CWD = "/home/robin/code/tidepool"

TIDES = '''import { startOfDay, addMinutes } from "./time";

export interface Tide {
  at: Date;
  height: number; // metres above chart datum
  kind: "high" | "low";
}

/** The tides of one local day, in order. */
export function tidesOfDay(all: Tide[], day: Date, zone: string): Tide[] {
  const start = startOfDay(day, zone);
  const end = addMinutes(start, 24 * 60);
  return all.filter((t) => t.at >= start && t.at < end);
}

/** The next turn of the tide after `now`, or undefined at the end of the table. */
export function nextTide(all: Tide[], now: Date): Tide | undefined {
  return all.find((t) => t.at > now);
}

/** Height between two turns by the rule of twelfths. */
export function heightAt(before: Tide, after: Tide, now: Date): number {
  const share = (now.getTime() - before.at.getTime()) / (after.at.getTime() - before.at.getTime());
  return before.height + (after.height - before.height) * (1 - Math.cos(Math.PI * share)) / 2;
}
'''

TIME = '''/** Midnight of the local day that holds `at`. */
export function startOfDay(at: Date, zone: string): Date {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(at);
  const guess = new Date(`${parts}T00:00:00Z`);
  return addMinutes(guess, -offsetMinutes(guess, zone));
}

export function addMinutes(at: Date, minutes: number): Date {
  return new Date(at.getTime() + minutes * 60_000);
}

/** Minutes that `zone` is ahead of UTC at the moment `at`. */
export function offsetMinutes(at: Date, zone: string): number {
  const local = new Date(at.toLocaleString("en-US", { timeZone: zone }));
  const utc = new Date(at.toLocaleString("en-US", { timeZone: "UTC" }));
  return Math.round((local.getTime() - utc.getTime()) / 60_000);
}
'''

FAILURE = ''' FAIL  tests/tides.test.ts > tidesOfDay > shows all four tides on the day the clocks change
AssertionError: expected 3 to be 4

 ❯ tests/tides.test.ts:41:31
     39|   const day = new Date("2026-03-29T12:00:00Z");
     40|   const tides = tidesOfDay(table, day, "Europe/Lisbon");
     41|   expect(tides.length).toBe(4);
       |                       ^

 Test Files  1 failed | 6 passed (7)
      Tests  1 failed | 53 passed (54)
   Duration  1.84s'''

PASS = ''' ✓ tests/time.test.ts (9 tests) 14ms
 ✓ tests/tides.test.ts (12 tests) 21ms
 ✓ tests/table.test.ts (8 tests) 12ms
 ✓ tests/parse.test.ts (11 tests) 19ms
 ✓ tests/chart.test.ts (7 tests) 33ms
 ✓ tests/zones.test.ts (4 tests) 8ms
 ✓ tests/format.test.ts (3 tests) 4ms

 Test Files  7 passed (7)
      Tests  54 passed (54)
   Duration  1.79s'''


def flaky_test():
    s = Session("flaky", CWD, "2026-04-02T08:14:00", branch="main")
    s.prompt("The test \"shows all four tides on the day the clocks change\" fails on CI since Sunday but passes on my laptop. "
             "Can you find out why?", pause=0)
    s.think("A test that depends on the machine: probably the time zone of the process, or a day with 23 or 25 hours. Let me "
            "look at the test and at the code that computes the start of the day before guessing.")
    s.say("I'll reproduce it under CI's time zone first.")
    s.bash("TZ=UTC npx vitest run tests/tides.test.ts 2>&1 | tail -20", FAILURE, "Run the failing test as CI does",
           progress=(" RUN  v2.1.8 /home/robin/code/tidepool", FAILURE[:90]))
    s.read("src/tides.ts", TIDES)
    s.read("src/time.ts", TIME)
    s.think("tidesOfDay adds 24 * 60 minutes to get the end of the day. On 29 March 2026 Lisbon goes from UTC+0 to UTC+1, so the "
            "day has 23 hours. End would be 01:00 on the next day; that gives more, not fewer. But offsetMinutes is evaluated at "
            "the guess, midnight UTC, where the offset is 0: fine for Lisbon. And why does the laptop pass? toLocaleString is "
            "parsed back by new Date() in the process's own zone: under TZ=UTC nothing moves, under Europe/Lisbon the hour "
            "between 01:00 and 02:00 does not exist. So the laptop passes by accident.")
    s.grep("24 \\* 60", "src/tides.ts:12:  const end = addMinutes(start, 24 * 60);\nsrc/chart.ts:58:  const width = (24 * 60) / step;")
    s.say("Two places take a day for 24 hours. I'll compute the end of the day as the start of the next one.")
    s.edit("src/tides.ts", "  const end = addMinutes(start, 24 * 60);",
           "  // A day has 23 or 25 hours when the clocks change: ask for the next midnight instead of adding.\n"
           "  const end = startOfDay(addMinutes(start, 36 * 60), zone);", TIDES)
    s.bash("for z in UTC Europe/Lisbon America/St_Johns; do TZ=$z npx vitest run 2>&1 | tail -12; done", PASS,
           "All tests in three zones")
    s.reply("The test was right and the code was wrong.\n\n**Cause.** `tidesOfDay` took every day for 24 hours. On 29 March the "
            "clocks go forward in Lisbon, so the window was shifted by an hour and one tide fell out. Your laptop passed only "
            "because `offsetMinutes` parses a local time string in the *process's* zone, which hid the shift.\n\n**Fix.** The end of "
            "a day is now the start of the next one:\n\n```ts\nconst end = startOfDay(addMinutes(start, 36 * 60), zone);\n```\n\n"
            "All 54 tests pass under `UTC`, `Europe/Lisbon` and `America/St_Johns`.\n\n> `src/chart.ts:58` makes the same "
            "assumption for the width of the chart. It only looks odd on two days a year; shall I fix it too?")
    s.prompt("yes please, and commit both on a branch", pause=240)
    s.bash("git switch -c fix/clock-change", "Switched to a new branch 'fix/clock-change'", "Create the branch")
    s.branch = "fix/clock-change"
    s.call("Edit", {"file_path": s.path("src/chart.ts"), "old_string": "(24 * 60) / step", "new_string": "minutes(day) / step"},
           "<tool_use_error>File has not been read yet. Read it first before writing to it.</tool_use_error>", error=True)
    s.read("src/chart.ts", "export function chartWidth(day: Day, step: number): number {\n  const width = (24 * 60) / step;\n"
           "  return Math.ceil(width);\n}\n")
    s.edit("src/chart.ts", "  const width = (24 * 60) / step;", "  const width = minutesOf(day) / step;")
    s.bash("npx vitest run 2>&1 | tail -12 && git commit -qam 'Let a day have 23 or 25 hours' && git log --oneline -1",
           PASS + "\n4b1d9e2 Let a day have 23 or 25 hours", "Test and commit")
    s.reply("Done: `4b1d9e2` on `fix/clock-change` holds both changes. The first edit was refused because I had not read "
            "`chart.ts` in this session; after reading it the change is one line.")
    s.title("Clock change loses a tide")
    return s


def after_the_fork(origin):
    s = origin.fork("flaky-fork", "2026-04-02T15:40:00")
    s.branch = "fix/clock-change"
    s.prompt("Different approach: could we use Temporal instead of our own time helpers? Just evaluate, don't change anything.")
    s.think("They want an evaluation. Check support in the browsers they target and what a polyfill costs.")
    s.call("WebSearch", {"query": "Temporal API browser support 2026 ZonedDateTime hoursInDay polyfill size"},
           "Links: Temporal reaches Stage 4 and ships in two of the three major engines; the polyfill weighs about 20 kB gzipped. "
           "ZonedDateTime.hoursInDay gives 23, 24 or 25.")
    s.reply("Short answer: **not yet, but write the code so that it can move.**\n\n| | own helpers | Temporal + polyfill |\n|---|---|---|\n"
            "| bundle | 0.6 kB | about 20 kB |\n| correctness | now tested in three zones | by construction |\n| lines of ours | 18 | 0 |"
            "\n\n`Temporal.ZonedDateTime.prototype.hoursInDay` is exactly what `minutesOf(day)` computes. When the last engine "
            "ships it, `src/time.ts` can go.")
    return s


def dark_theme():
    s = Session("dark", CWD, "2026-05-11T19:02:00", model="claude-sonnet-4-5-20250929", branch="feature/dark-theme", version="2.1.104")
    s.prompt("I'd like a dark theme. Here is a screenshot of how the chart looks now, the blues will not work on black.", pause=0, image=True)
    s.say("I'll plan this first, then go through the colours one by one.")
    s.todo(("in_progress", "List every colour in the stylesheets"), ("pending", "Move them to custom properties"),
           ("pending", "Choose dark values with enough contrast"), ("pending", "Respect prefers-color-scheme"))
    s.bash("rg -o '#[0-9a-f]{6}' src --no-filename | sort | uniq -c | sort -rn",
           "     14 #0b4f6c\n      9 #01baef\n      7 #fbfbff\n      5 #757575\n      2 #b80c09\n      1 #20bf55", "Count the colours in use")
    s.think("Six colours. #0b4f6c on black is contrast 2.2, unreadable. Lift the lightness and keep the hue: #7cc6e0 has about "
            "10.8 on #101418. The red for errors becomes #ff8a80.")
    s.write("src/theme.css", ":root {\n  color-scheme: light dark;\n  --ink: #0b4f6c;\n  --water: #01baef;\n  --paper: #fbfbff;\n"
            "  --muted: #757575;\n  --alert: #b80c09;\n  --moon: #20bf55;\n}\n\n@media (prefers-color-scheme: dark) {\n  :root {\n"
            "    --ink: #7cc6e0;\n    --water: #0a86ad;\n    --paper: #101418;\n    --muted: #9aa4ad;\n    --alert: #ff8a80;\n"
            "    --moon: #6ee7a0;\n  }\n}\n")
    s.edit("src/chart.css", ".curve { stroke: #0b4f6c; fill: #01baef; }", ".curve { stroke: var(--ink); fill: var(--water); }")
    s.queued("also: the red for storm warnings must stay clearly red")
    s.todo(("completed", "List every colour in the stylesheets"), ("completed", "Move them to custom properties"),
           ("in_progress", "Choose dark values with enough contrast"), ("pending", "Respect prefers-color-scheme"))
    s.bash("node scripts/contrast.mjs src/theme.css", "ink   on paper  10.83  AAA\nwater on paper   4.61  AA\nmuted on paper   7.20  AAA\n"
           "alert on paper   8.47  AAA\nmoon  on paper  12.02  AAA", "Check the contrast of the dark values")
    s.reply("The dark theme follows the system's setting; nothing needs to be switched on.\n\n- six colours became custom properties in "
            "`src/theme.css`\n- every pair reaches **AA** or better (`scripts/contrast.mjs`)\n- storm warnings use `#ff8a80`: still clearly red, "
            "and readable at night 🌙\n\nThe chart keeps its hue, only lighter.")
    s.prompt("beautiful. can you make the moon phases glow a little?", pause=400)
    s.edit("src/moon.css", ".moon { fill: var(--moon); }",
           ".moon { fill: var(--moon); filter: drop-shadow(0 0 4px color-mix(in srgb, var(--moon) 60%, transparent)); }")
    s.call("mcp__browser__screenshot", {"url": "http://localhost:5173/lisbon", "theme": "dark"},
           "Screenshot of /lisbon in the dark theme, 1280 × 800", image=True)
    s.reply("A soft `drop-shadow` in the moon's own colour; I looked at it in the browser and it is visible but quiet.")
    s.command("cost", "Total cost: $0.41 · Total duration (API): 2m 12s")
    s.summary("Dark theme with custom properties and a glowing moon")
    return s


def sessions():
    origin = flaky_test()
    return [origin, after_the_fork(origin), dark_theme()]
