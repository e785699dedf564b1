#include "extract_probe.h"

#include "buf.h"
#include "clock.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

struct extract_case {
    struct span in; /* single quotes stand for double ones */
    struct span out;
};

static void run_cases(const struct extract_case *cases, size_t count, char quote)
{
    for (size_t i = 0; i < count; i++) {
        struct buf in, out;
        buf_init(&in);
        buf_init(&out);
        buf_append_span(&in, cases[i].in);
        for (size_t k = 0; k < in.len; k++)
            if (in.ptr[k] == quote)
                in.ptr[k] = '"';
        extract_probe(buf_span(&in), &extract_probe_facts, &out);
        if (!span_equal(buf_span(&out), cases[i].out))
            fail_msg("case %zu: %.*s\n    gives: %.*s\n    not: %.*s", i, (int)in.len, in.ptr,
                     (int)out.len, out.ptr, (int)cases[i].out.len, cases[i].out.ptr);
        buf_clear(&in);
        buf_clear(&out);
    }
}

#define RUN(cases) run_cases(cases, sizeof cases / sizeof cases[0], '\'')
#define CASE(in, out)                 \
    {                                 \
        SPAN_INIT(in), SPAN_INIT(out) \
    }

static void roles_kinds_and_parts(void **state)
{
    (void)state;
    static const struct extract_case cases[] = {
        CASE("{'type':'user','message':{'role':'user','content':'hello'}}\n",
             "prompt text=<hello>\n"),
        CASE("{'message':{'content':[{'type':'text','text':'a'},{'text':'b','type':'text'}]},"
             "'type':'user'}\n",
             "prompt text=<a\nb>\n"),
        CASE("{'type':'user','message':'bare'}\n", "prompt text=<bare>\n"),
        CASE("{'type':'assistant','message':{'content':['x',{'type':'text','text':''},'y']}}\n",
             "reply text=<x\ny>\n"),
        CASE("{'type':'user'}\n{'type':'user','message':null}\n"
             "{'type':'user','message':{'content':null}}\n{'type':'user','message':{}}\n",
             "prompt\nprompt\nprompt\nprompt\n"),
        CASE("{'type':'assistant','message':{'content':[{'type':'thinking','thinking':'hm',"
             "'signature':'zzz'}]}}\n",
             "thinking +thinking thinking=<hm>\n"),
        CASE("{'type':'assistant','message':{'content':[{'type':'thinking','thinking':''}]}}\n",
             "thinking\n"),
        CASE("{'type':'assistant','message':{'content':[]}}\n", "thinking\n"),
        CASE("{'type':'assistant','message':{'model':'m','content':[{'type':'tool_use','id':'t',"
             "'name':'Edit','input':{'file_path':'/a','n':1,'deep':[{'k':'v'},null,['w']],"
             "'path':'/b'}}]}}\n",
             "tool_use +tool tool_input=</a\nv\nw\n/b> tools=Edit files=/a,/b calls=1 model=m\n"),
        CASE("{'type':'user','message':{'content':[{'type':'tool_result','tool_use_id':'t',"
             "'content':'out','is_error':true},{'type':'tool_result','content':[{'type':'text',"
             "'text':'one'},'two',{'type':'image','source':{'data':'AAAA'}}]}]},"
             "'toolUseResult':{'stdout':'unseen'}}\n",
             "tool_result +error +image +tool tool_result=<out\none\ntwo>\n"),
        CASE("{'type':'user','message':{'content':[{'type':'image','source':{}}]}}\n",
             "prompt +image\n"),
        CASE("{'type':'system','content':'note','level':'error','isMeta':true}\n",
             "system +error +meta system=<note>\n"),
        CASE("{'type':'system','subtype':'compact_boundary','content':''}\n", "system +compact\n"),
        CASE("{'type':'system','subtype':'turn_duration','durationMs':5}\n", "other 1\n"),
        CASE("{'type':'summary','summary':'about','leafUuid':'u'}\n{'type':'summary'}\n",
             "summary summary=<about>\nsummary\n"),
        CASE("{'type':'attachment','attachment':{'type':'queued_command','prompt':'do it',"
             "'commandMode':'prompt'}}\n",
             "prompt text=<do it>\n"),
        CASE("{'attachment':{'prompt':[{'type':'text','text':'x'},{'type':'image'}],"
             "'type':'queued_command'},'type':'attachment'}\n",
             "prompt +image text=<x>\n"),
        CASE("{'type':'attachment','attachment':{'type':'queued_command','prompt':'n',"
             "'commandMode':'task-notification'}}\n{'type':'attachment','attachment':{'type':"
             "'hook_success','content':'x'}}\n",
             "other 2\n"),
        CASE("{'type':'progress','message':{'content':'x'},'data':{'output':'y'}}\n"
             "{'type':7}\n{}\n42\n'x'\n[]\nnull\n",
             "other 7\n"),
        /* a block that is none of the role's own says nothing */
        CASE("{'type':'user','message':{'content':[{'type':'tool_use','input':{'a':'b'}},"
             "{'type':'thinking','thinking':'c'}]}}\n",
             "prompt\n"),
    };
    RUN(cases);
}

static void kinds_of_user_records(void **state)
{
    (void)state;
    static const struct extract_case cases[] = {
        CASE("{'type':'user','isMeta':true,'message':'x'}\n", "meta +meta text=<x>\n"),
        CASE("{'type':'user','isCompactSummary':true,'message':'x'}\n", "meta +compact text=<x>\n"),
        CASE("{'type':'user','isMeta':true,'message':{'content':[{'type':'tool_result'}]}}\n",
             "tool_result +meta +tool\n"),
        CASE("{'type':'user','message':' \\n<command-name>/x'}\n",
             "meta text=< \n<command-name>/x>\n"),
        CASE("{'type':'user','message':['',{'type':'text','text':'<bash-input>'}]}\n", "prompt\n"),
        CASE("{'type':'user','message':{'content':['',' ','<bash-input>']}}\n",
             "prompt text=< \n<bash-input>>\n"),
        CASE("{'type':'user','message':{'content':['','[Request interrupted by user]']}}\n",
             "meta text=<[Request interrupted by user]>\n"),
        CASE("{'type':'user','message':'say <command-name>'}\n",
             "prompt text=<say <command-name>>\n"),
    };
    RUN(cases);
}

static void names_and_flags(void **state)
{
    (void)state;
    static const struct extract_case cases[] = {
        CASE("{'type':'user','uuid':'u1','cwd':'/w','gitBranch':'main','agentId':'a7',"
             "'sessionId':'s','isSidechain':true,'timestamp':'1970-01-01T00:00:01.234Z'}\n",
             "prompt +sidechain uuid=u1 cwd=/w branch=main agent=a7 session=s time=1234\n"),
        CASE("{'type':'user','uuid':'','cwd':3,'gitBranch':'','sessionId':'','isSidechain':'true'}"
             "\n",
             "prompt\n"),
        CASE("{'type':'assistant','isApiErrorMessage':true,'message':{'content':'x'}}\n",
             "reply +error text=<x>\n"),
        CASE("{'type':'assistant','message':{'content':'x','usage':{'input_tokens':1,"
             "'output_tokens':2,'cache_creation_input_tokens':30,'cache_read_input_tokens':4,"
             "'cache_creation':{'ephemeral_5m_input_tokens':10,'ephemeral_1h_input_tokens':20}}}}"
             "\n",
             "reply text=<x> usage=1,2,10,20,4\n"),
        CASE("{'type':'assistant','message':{'usage':{'input_tokens':'5',"
             "'cache_creation_input_tokens':7,'output_tokens':1.9}}}\n",
             "thinking usage=5,1,7,0,0\n"),
        CASE("{'type':'assistant','message':{'usage':null}}\n", "thinking\n"),
    };
    RUN(cases);
}

static void tools_of_results(void **state)
{
    (void)state;
    static const struct extract_case cases[] = {
        CASE("{'type':'assistant','message':{'content':[{'type':'tool_use','id':'1','name':'Bash'},"
             "{'type':'tool_use','id':'2','name':'Read'},{'type':'tool_use','id':'3','name':'Bash'}"
             "]}}\n"
             "{'type':'user','message':{'content':[{'type':'tool_result','tool_use_id':'2'},"
             "{'type':'tool_result','tool_use_id':'9'},{'type':'tool_result','tool_use_id':'1'},"
             "{'type':'tool_result','tool_use_id':'3'}]}}\n",
             "tool_use +tool tools=Bash,Read calls=3\ntool_result +tool tools=Read,Bash\n"),
        /* calls that are only quoted are none */
        CASE("{'type':'progress','message':{'content':[{'type':'tool_use','id':'1','name':'X'}]}}\n"
             "{'type':'user','message':{'content':[{'type':'tool_result','tool_use_id':'1'}]}}\n",
             "tool_result +tool\nother 1\n"),
    };
    RUN(cases);
}

static void times_come_from_neighbours(void **state)
{
    (void)state;
    static const struct extract_case cases[] = {
        CASE("{'type':'summary'}\n{'type':'x','timestamp':'1970-01-01T00:00:02Z'}\n"
             "{'type':'summary'}\n{'type':'user','timestamp':3}\n"
             "{'type':'user','timestamp':'nonsense'}\n"
             "{'type':'user','timestamp':'4'}{'type':'summary'}\n",
             "summary time=77?\nsummary time=2000?\nprompt time=3000\nprompt time=3000?\n"
             "prompt time=4000\nsummary @1 time=4000\nother 1\n"),
    };
    struct facts with_time = {.project = SPAN("/p"), .first_time = 77};
    struct buf in, out;
    buf_init(&in);
    buf_init(&out);
    buf_append_span(&in, cases[0].in);
    for (size_t k = 0; k < in.len; k++)
        if (in.ptr[k] == '\'')
            in.ptr[k] = '"';
    extract_probe(buf_span(&in), &with_time, &out);
    assert_true(span_equal(buf_span(&out), cases[0].out));
    buf_clear(&in);
    buf_clear(&out);
}

static void keys_in_any_order_and_spelling(void **state)
{
    (void)state;
    static const struct extract_case cases[] = {
        CASE(" { 'type' : 'user' ,\t'message' : { 'content' : [ 'a' , 'b' ] } } \r\n",
             "prompt text=<a\nb>\n"),
        CASE("{'t\\u0079pe':'us\\u0065r','mess\\u0061ge':{'c\\u006fntent':'x'}}\n",
             "prompt text=<x>\n"),
        CASE("{'message':{'content':[{'input':{'a':'b'},'name':'N','type':'tool_use'}]},"
             "'type':'assistant'}\n",
             "tool_use +tool tool_input=<b> tools=N calls=1\n"),
        CASE("{'type':'user','message':{'content':[{'content':['r'],'type':'tool_result'}]}}\n",
             "tool_result +tool tool_result=<r>\n"),
        /* the last of duplicate keys wins, everywhere */
        CASE("{'type':'assistant','message':'one','type':'user','message':{'content':'two'}}\n",
             "prompt text=<two>\n"),
        CASE("{'type':'progress','message':{'content':'x'},'type':'user'}\n", "prompt text=<x>\n"),
        CASE("{'type':'user','message':{'content':'x','content':['y'],'content':['z','w']}}\n",
             "prompt text=<z\nw>\n"),
        CASE("{'type':'assistant','message':{'content':[{'type':'tool_use','input':{'a':'1'},"
             "'input':{'b':'2','c':'3','b':'4','d':{'e':'5','e':6}}}]}}\n",
             "tool_use +tool tool_input=<3\n4> calls=1\n"),
        CASE("{'type':'assistant','message':{'content':[{'type':'tool_use','input':{'path':'1'},"
             "'input':{'path':2},'type':'text','text':'t'}]}}\n",
             "reply text=<t>\n"),
        CASE("{'type':'assistant','message':{'content':[{'type':'tool_use','input':{'path':'1',"
             "'path':2,'file_path':'f'}}]}}\n",
             "tool_use +tool tool_input=<f> files=f calls=1\n"),
        CASE("{'type':'user','uuid':'a','uuid':null}\n", "prompt\n"),
    };
    RUN(cases);
}

static void text_is_mended(void **state)
{
    (void)state;
    static const struct extract_case cases[] = {
        CASE("{'type':'user','message':'q\\\"b\\\\s\\/n\\nt\\t\\u00e4\\u20AC\\ud83d\\ude00'}\n",
             "prompt text=<q\"b\\s/n\nt\t\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80>\n"),
        CASE("{'type':'user','message':'\\ud83d-\\ude00-\\ud83d\\ud83d\\ude00'}\n",
             "prompt text=<\xEF\xBF\xBD-\xEF\xBF\xBD-\xEF\xBF\xBD\xF0\x9F\x98\x80>\n"),
        CASE("{'type':'user','message':'a\xFF z\xE2\x82\\n'}\n",
             "prompt text=<a\xEF\xBF\xBD z\xEF\xBF\xBD\n>\n"),
        CASE("{'type':'user','message':['x']}\n", "prompt\n"),
        CASE("{'type':'user','message':{'content':['\xFF\\n','\xC3\xA4','\xC3']}}\n",
             "prompt text=<\xEF\xBF\xBD\n\n\xC3\xA4\n\xEF\xBF\xBD>\n"),
        CASE("{'type':'user','cwd':'/\xFF','gitBranch':'\\u0066','message':'\\\\ud83d'}\n",
             "prompt text=<\\ud83d> cwd=/\xEF\xBF\xBD branch=f\n"),
    };
    RUN(cases);
}

static void damaged_lines(void **state)
{
    (void)state;
    static const struct extract_case cases[] = {
        CASE("{'type':'user','message':'a'}{'type':'user','message':'b'}\n",
             "prompt text=<a>\nprompt @1 text=<b>\n"),
        CASE("{'type':'user','message':{'content':'torn{'parentUuid':null,'type':'user',"
             "'message':'whole'}\n",
             "prompt text=<whole>\n"),
        CASE("{'type':'user','cwd':{'x':1,{'uuid':'u','type':'user'}\n", "prompt uuid=u\n"),
        CASE("garbage {'type':'user'} more\n", "prompt\n"),
        CASE("\0\0{'type':'user'}\0\0\n\xEF\xBB\xBF{'type':'user'}\r\n\0\0\n \t\n\n",
             "prompt\nprompt\n"),
        CASE("garbage\n{'type':'user'\n{'type':'user',}\n42x\n2026-01-02 log\n]\n",
             "malformed 6\n"),
        CASE("{'a':1}{'b':2} 3 'x'[4]true{'type':'user'}\n", "prompt @6\nother 6\n"),
        /* what is skipped needs only balance */
        CASE("{'type':'user','junk':{a b [c} }] ,'n':nan,'message':'x'}\n", "malformed 1\n"),
        CASE("{'type':'user','junk':{a b [c} ],'n':nan,'message':'x'}\n", "prompt text=<x>\n"),
        /* what is read must be JSON */
        CASE("{'type':'user','message':'\\x'}\n{'type':'user','message':'\\u12'}\n",
             "malformed 2\n"),
        CASE("{'type':'user','message':'\\x{'type':'user'}\n", "prompt\n"),
        /* an unterminated last line waits until it is whole */
        CASE("{'type':'user'}", "prompt\n"),
        CASE("{'type':'user'}\n{'type':'us", "prompt\n"),
        CASE("{'type':'user'}{'type':'us", ""),
        CASE("x{'type':'user'}", ""),
        CASE("{'type':'user','message':'\\x'}", ""),
    };
    RUN(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_kinds_and_parts),
        cmocka_unit_test(kinds_of_user_records),
        cmocka_unit_test(names_and_flags),
        cmocka_unit_test(tools_of_results),
        cmocka_unit_test(times_come_from_neighbours),
        cmocka_unit_test(keys_in_any_order_and_spelling),
        cmocka_unit_test(text_is_mended),
        cmocka_unit_test(damaged_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
